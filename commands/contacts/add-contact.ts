import { Contact, type Portal } from '../../db/entities/index.ts';
import { recordPortalEvent } from '../../db/events.ts';
import type { NewContact } from '../../schemas/contact.ts';
import { emailKey } from '../../vocabulary/email-address.ts';
import type { Actor } from '../../vocabulary/events.ts';
import { Refusal } from '../../vocabulary/refusal.ts';
import type { UnitOfWork } from '../transaction.ts';

/** Adds somebody the help desk knows, without access to the portal. @throws Refusal `contact_exists` with the existing id */
export async function addContact(
  { em }: UnitOfWork,
  portal: Portal,
  { email, name, account }: NewContact,
  actor: Actor,
): Promise<Contact> {
  const key = emailKey(email);
  const existing = await em.findOne(Contact, { portal: portal.id, emailKey: key });
  if (existing !== null) throw new Refusal('contact_exists', { contactId: existing.id });
  const contact = em.create(Contact, { portal: portal.id, email, emailKey: key, name, account });
  await em.flush();
  recordPortalEvent(em, portal, { type: 'contact_added', actor, data: { contactId: contact.id } });
  return contact;
}
