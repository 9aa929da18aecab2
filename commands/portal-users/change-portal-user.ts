import type { EntityManager } from '../../db/database.ts';
import { Contact, type Portal, PortalUser } from '../../db/entities/index.ts';
import { recordEvent } from '../../db/events.ts';
import { lockPortalUser } from '../../db/locks.ts';
import { linkObstacle } from '../../db/queries/link-limits.ts';
import { supersedeLink } from '../../db/statements/change-confirmation-status.ts';
import { newLinkSalt } from '../../links/confirmation-token.ts';
import type { PortalUserChange } from '../../schemas/portal-user.ts';
import { emailKey } from '../../vocabulary/email-address.ts';
import type { Actor } from '../../vocabulary/events.ts';
import { Refusal } from '../../vocabulary/refusal.ts';
import type { CommandServices } from '../services.ts';
import { callNowOrByHousekeeping } from '../temporal-outages.ts';
import type { UnitOfWork } from '../transaction.ts';
import { obstacleRefusal } from './re-invite.ts';
import { requireNotConfirmed } from './require-status.ts';

/**
 * Corrects a portal user's name or, while Not Confirmed, e-mail address: every link mailed to the previous address is
 * unknown at once, and a new one goes to the new address (also if Temporal is down at the moment: then when it is back).
 * Where only the spelling of the address changes (`Jane@` for `jane@`), it is the same mailbox: no e-mail is sent and the
 * link stays valid.
 *
 * @param check looks at the locked row, its contact loaded, before it is changed; what it throws is thrown
 * @throws Refusal `not_found`, `already_confirmed`, `deactivated`
 * @throws Refusal `portal_user_exists` or `contact_exists` where another contact has the address
 * @throws Refusal `re_invite_too_soon`, `re_invite_cap_reached` where this user was mailed at the new address before, and the
 *   portal's limits forbid another e-mail there
 */
export async function changePortalUser(
  { em, afterCommit }: UnitOfWork,
  services: CommandServices,
  portal: Portal,
  id: string,
  { name, email }: PortalUserChange,
  actor: Actor,
  check: (locked: PortalUser) => unknown = () => {},
): Promise<PortalUser> {
  const user = await lockPortalUser(em, id);
  if (user === null || user.portal.id !== portal.id) throw new Refusal('not_found');
  const contact = await em.findOneOrFail(Contact, user.contact.id);
  await check(user);

  const before: { name?: string; email?: string } = {};
  const generationBefore = user.generation;
  if (name !== undefined && name !== contact.name) {
    before.name = contact.name;
    contact.name = name;
  }
  if (email !== undefined && email !== contact.email) {
    requireNotConfirmed(user);
    before.email = contact.email;
    contact.email = email;
    const key = emailKey(email);
    if (key !== contact.emailKey) {
      await requireFreeAddress(em, portal, key);
      const obstacle = await linkObstacle(em, user.id, key);
      if (obstacle !== undefined) throw obstacleRefusal(obstacle, portal);
      contact.emailKey = key;
      user.linkSalt = newLinkSalt(); // the person at the previous address is a stranger: their links are unknown now
      const superseded = { id: user.id, portal: user.portal, generation: user.generation };
      supersedeLink(user, superseded.generation + 1);
      afterCommit(() =>
        callNowOrByHousekeeping(services, { portalUserId: user.id }, () =>
          services.invitations.reInvite(superseded, actor),
        ),
      );
    }
  }
  if (Object.keys(before).length > 0) {
    const { generation } = user;
    const data = { before, after: { name, email }, ...(generation > generationBefore && { generation }) };
    recordEvent(em, user, { type: 'portal_user_changed', actor, data });
  }
  await em.flush();
  return user;
}

async function requireFreeAddress(em: EntityManager, portal: Portal, key: string): Promise<void> {
  const contact = await em.findOne(Contact, { portal: portal.id, emailKey: key });
  if (contact === null) return;
  const user = await em.findOne(PortalUser, { contact });
  throw user === null
    ? new Refusal('contact_exists', { detail: 'Another contact has this e-mail address.', contactId: contact.id })
    : new Refusal('portal_user_exists', {
        detail: 'Another portal user has this e-mail address.',
        portalUserId: user.id,
      });
}
