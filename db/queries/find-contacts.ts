import type { EntityManager } from '../database.ts';
import { Contact, PortalUser } from '../entities/index.ts';

/** A portal's contact; null for another portal's. */
export async function findContact(em: EntityManager, portalId: string, id: string): Promise<Contact | null> {
  return em.findOne(Contact, { id, portal: portalId });
}

/** A portal's contacts by id, by name; ids of others are passed over. */
export async function findContacts(em: EntityManager, portalId: string, ids: string[]): Promise<Contact[]> {
  return em.find(Contact, { id: { $in: ids }, portal: portalId }, { orderBy: { name: 'asc', id: 'asc' } });
}

/** The portal users that some contacts have become, by the contact's id. */
export async function portalUsersOf(em: EntityManager, contacts: Contact[]): Promise<Map<string, PortalUser>> {
  const users = await em.find(PortalUser, { contact: { $in: contacts.map(({ id }) => id) } });
  return new Map(users.map((user) => [user.contact.id, user]));
}
