import type { EntityManager } from '../../db/database.ts';
import { Contact, Portal, PortalUser } from '../../db/entities/index.ts';
import { recordEvent } from '../../db/events.ts';
import { findPerson } from '../../db/queries/contacts.ts';
import { type InvitationChoices, insertNewPerson, type NewPerson } from '../../db/statements/insert-new-person.ts';
import { newLinkSalt } from '../../links/confirmation-token.ts';
import type { NewPortalUser } from '../../schemas/portal-user.ts';
import { emailKey } from '../../vocabulary/email-address.ts';
import type { Actor } from '../../vocabulary/events.ts';
import { invalidFields, Refusal } from '../../vocabulary/refusal.ts';
import type { CommandServices } from '../services.ts';
import { callNowOrByHousekeeping } from '../temporal-outages.ts';
import type { UnitOfWork } from '../transaction.ts';

/**
 * Gives a person, an existing contact or a new one, access to the portal and invites them. The first portal user enables the
 * portal. If Temporal is down the command succeeds, and the e-mail is sent once Temporal is back.
 *
 * @throws Refusal `portal_user_exists` with the existing id
 * @throws Refusal `not_found` where there is no such contact
 * @throws Refusal `invalid_request` where `afterConfirmingUrl` is not one of the portal's
 */
export async function addPortalUser(
  { em, afterCommit }: UnitOfWork,
  services: CommandServices,
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
      ? await insertPortalUser(em, portal, person, chosen, actor, 'name' in input ? input.name : person.name)
      : await insertNewPerson(em, { portalId: portal.id, ...person, ...chosen, actor });
  if (!portal.enabled) await enablePortal(em, user, actor);
  afterCommit(() =>
    callNowOrByHousekeeping(services, { portalUserId: user.id }, () => services.invitations.start(user)),
  );
  return user;
}

function requireAllowed({ afterConfirmingUrls }: Portal, url: string | null): void {
  if (url === null || afterConfirmingUrls.includes(url)) return;
  throw invalidFields([{ field: 'afterConfirmingUrl', message: "must be one of the portal's afterConfirmingUrls" }]);
}

/** The contact with this id or address; for a new address, the contact to insert. */
async function personOf(em: EntityManager, portal: Portal, input: NewPortalUser): Promise<Contact | NewPerson> {
  const by = 'contactId' in input ? input : { emailKey: emailKey(input.email) };
  const known = await findPerson(em, portal.id, by);
  if (known?.portalUserId) {
    throw new Refusal('portal_user_exists', {
      detail: 'Re-invite or reactivate the existing portal user instead.',
      portalUserId: known.portalUserId,
    });
  }
  if (known !== undefined) {
    return em.findOneOrFail(Contact, known.contactId);
  }
  if ('contactId' in input) throw new Refusal('not_found', { detail: 'This portal has no contact with this id.' });
  const { email, name } = input;
  return { email, emailKey: emailKey(email), name };
}

/** Of an existing contact. Rarer than new people, so it needs no statement of its own as `insertNewPerson` does. */
async function insertPortalUser(
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
    contact.name = name; // the newest that staff typed
  }
  await em.flush();
  return user;
}

/** A portal stays enabled, so its row is written, and locked, only once. */
async function enablePortal(em: EntityManager, user: PortalUser, actor: Actor): Promise<void> {
  const enabled = await em.nativeUpdate(Portal, { id: user.portal.id, enabled: false }, { enabled: true });
  if (enabled > 0) recordEvent(em, user, { type: 'portal_enabled', actor });
}
