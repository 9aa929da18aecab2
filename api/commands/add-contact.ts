import { emailKey } from '../../db/email-address.ts';
import { Contact, type Portal } from '../../db/entities/index.ts';
import { recordPortalEvent } from '../../db/record-event.ts';
import type { Actor } from '../../workflows/vocabulary.ts';
import { Problem } from '../problem.ts';
import type { NewContact } from '../schemas/contact.ts';
import type { UnitOfWork } from '../unit-of-work.ts';

/** Adds somebody the help desk knows, without access to the portal. @throws Problem `contact_exists` with the existing id */
export async function addContact(
  { em }: UnitOfWork,
  portal: Portal,
  { email, name, account }: NewContact,
  actor: Actor,
): Promise<Contact> {
  const key = emailKey(email)!;
  const existing = await em.findOne(Contact, { portal: portal.id, emailKey: key });
  if (existing !== null) throw new Problem('contact_exists', { contactId: existing.id });
  const contact = em.create(Contact, { portal: portal.id, email, emailKey: key, name, account });
  await em.flush();
  recordPortalEvent(em, portal, { type: 'contact_added', actor, data: { contactId: contact.id } });
  return contact;
}
