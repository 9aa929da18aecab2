import { newLinkSalt } from '../../db/confirmation-token.ts';
import type { EntityManager } from '../../db/database.ts';
import { emailKey } from '../../db/email-address.ts';
import { Contact, Portal, PortalUser } from '../../db/entities/index.ts';
import { findPerson } from '../../db/queries/find-person.ts';
import { recordEvent } from '../../db/record-event.ts';
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
  const contact = await contactOf(em, portal, input);
  const { locale, note, afterConfirmingUrl, metadata } = input;
  requireAllowed(portal, afterConfirmingUrl);
  const chosen = { locale, note, afterConfirmingUrl, metadata };
  const user = em.create(PortalUser, { portal: portal.id, contact, ...chosen, linkSalt: newLinkSalt() });
  recordEvent(em, user, { type: 'portal_user_added', actor, data: { email: contact.email } });
  await em.flush();
  if (!portal.enabled) await enablePortal(em, user, actor);
  afterCommit(() => nowOrLater(services, { portalUserId: user.id }, () => services.invitations.start(user)));
  return user;
}

function requireAllowed({ afterConfirmingUrls }: Portal, url: string | null): void {
  if (url === null || afterConfirmingUrls.includes(url)) return;
  throw invalidFields([{ field: 'afterConfirmingUrl', message: "must be one of the portal's afterConfirmingUrls" }]);
}

/** The contact who is to be given access: known by this id or address, or new. */
async function contactOf(em: EntityManager, portal: Portal, input: NewPortalUser): Promise<Contact> {
  const isContact = 'contactId' in input;
  const by = isContact ? { contactId: input.contactId } : { emailKey: emailKey(input.email)! };
  const person = await findPerson(em, portal.id, by);
  if (person?.portalUserId) {
    throw new Problem('portal_user_exists', {
      detail: 'Re-invite or reactivate the existing portal user instead.',
      portalUserId: person.portalUserId,
    });
  }
  if (person !== undefined) {
    const contact = await em.findOneOrFail(Contact, person.contactId);
    if (!isContact) contact.name = input.name; // what staff have just typed is the newest that is known
    return contact;
  }
  if (isContact) throw new Problem('not_found', { detail: 'This portal has no contact with this id.' });
  const { email, name } = input;
  return em.create(Contact, { portal: portal.id, email, emailKey: emailKey(email)!, name });
}

/** Portals stay enabled: where it is known to be, nobody waits for its row. */
async function enablePortal(em: EntityManager, user: PortalUser, actor: Actor): Promise<void> {
  const enabled = await em.nativeUpdate(Portal, { id: user.portal.id, enabled: false }, { enabled: true });
  if (enabled > 0) recordEvent(em, user, { type: 'portal_enabled', actor });
}
