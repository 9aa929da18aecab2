import { newLinkSalt } from '../../db/confirmation-token.ts';
import type { EntityManager } from '../../db/database.ts';
import { emailKey } from '../../db/email-address.ts';
import { Contact, Portal, PortalUser } from '../../db/entities/index.ts';
import { findPerson } from '../../db/queries/find-person.ts';
import { recordEvent } from '../../db/record-event.ts';
import { type InvitationChoices, insertNewPerson, type NewPerson } from '../../db/statements/insert-new-person.ts';
import type { Actor } from '../../workflows/vocabulary.ts';
import { invalidFields, Problem } from '../problem.ts';
import type { NewPortalUser } from '../schemas/portal-user.ts';
import type { Services } from '../services.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import { nowOrLater } from './now-or-later.ts';

/**
 * Gives a person, known as a contact or not, access to the portal and invites them. The first portal user enables the
 * portal. With Temporal down it succeeds all the same, and the mail goes out once Temporal is back.
 *
 * @throws Problem `portal_user_exists` with the existing id
 * @throws Problem `not_found` where there is no such contact
 * @throws Problem `invalid_request` where the portal does not lead to that address
 */
export async function addPortalUser(
  { em, afterCommit }: UnitOfWork,
  services: Services,
  portal: Portal,
  input: NewPortalUser,
  actor: Actor,
): Promise<PortalUser> {
  const { locale, note, afterConfirmingUrl, metadata } = input;
  const chosen = { locale, note, afterConfirmingUrl, metadata, linkSalt: newLinkSalt() };
  const person = await personOf(em, portal, input);
  requireAllowed(portal, afterConfirmingUrl);
  const user =
    'id' in person
      ? await giveAccess(em, portal, person, chosen, actor, 'name' in input ? input.name : person.name)
      : await insertNewPerson(em, { portalId: portal.id, ...person, ...chosen, actor });
  if (!portal.enabled) await enablePortal(em, user, actor);
  afterCommit(() => nowOrLater(services, { portalUserId: user.id }, () => services.invitations.start(user)));
  return user;
}

function requireAllowed({ afterConfirmingUrls }: Portal, url: string | null): void {
  if (url === null || afterConfirmingUrls.includes(url)) return;
  throw invalidFields([{ field: 'afterConfirmingUrl', message: "must be one of the portal's afterConfirmingUrls" }]);
}

/** The contact whom the portal knows by this id or address; by a new address, who is to become one. */
async function personOf(em: EntityManager, portal: Portal, input: NewPortalUser): Promise<Contact | NewPerson> {
  const by = 'contactId' in input ? input : { emailKey: emailKey(input.email)! };
  const known = await findPerson(em, portal.id, by);
  if (known?.portalUserId) {
    throw new Problem('portal_user_exists', {
      detail: 'Re-invite or reactivate the existing portal user instead.',
      portalUserId: known.portalUserId,
    });
  }
  if (known !== undefined) {
    return em.findOneOrFail(Contact, known.contactId);
  }
  if ('contactId' in input) throw new Problem('not_found', { detail: 'This portal has no contact with this id.' });
  const { email, name } = input;
  return { email, emailKey: emailKey(email)!, name };
}

/** Rare beside new people, so entities do. */
async function giveAccess(
  em: EntityManager,
  portal: Portal,
  contact: Contact,
  chosen: InvitationChoices,
  actor: Actor,
  name: string,
): Promise<PortalUser> {
  const user = em.create(PortalUser, { portal: portal.id, contact, ...chosen });
  recordEvent(em, user, { type: 'portal_user_added', actor, data: { email: contact.email } });
  if (name !== contact.name) {
    const data = { before: { name: contact.name }, after: { name } };
    recordEvent(em, user, { type: 'portal_user_changed', actor, data });
    contact.name = name; // what staff have just typed is the newest that is known
  }
  await em.flush();
  return user;
}

/** Portals stay enabled: where it is known to be, nobody waits for its row. */
async function enablePortal(em: EntityManager, user: PortalUser, actor: Actor): Promise<void> {
  const enabled = await em.nativeUpdate(Portal, { id: user.portal.id, enabled: false }, { enabled: true });
  if (enabled > 0) recordEvent(em, user, { type: 'portal_enabled', actor });
}
