import type { FilterQuery } from '@mikro-orm/postgresql';
import type { EntityManager } from '../database.ts';
import { Contact, PortalUser } from '../entities/index.ts';
import { containing, type Page, type PageRequest, readPage } from './read-page.ts';

/** Which of a portal's contacts. */
export interface ContactFilter {
  /** Part of the name or of the e-mail address. */
  q?: string | undefined;
  /** Whether they are portal users. */
  portalUser?: 'yes' | 'no' | undefined;
}

/** One page of a portal's contacts by name. Each filter has its index. @throws CursorError */
export async function listContacts(
  em: EntityManager,
  portalId: string,
  { q, portalUser }: ContactFilter,
  page: PageRequest,
): Promise<Page<Contact>> {
  const where: FilterQuery<Contact> = { portal: portalId };
  if (portalUser !== undefined) where.isPortalUser = portalUser === 'yes';
  if (q !== undefined) where.searchText = containing(q);
  return readPage(em, Contact, { where, orderBy: { name: 'asc', id: 'asc' } }, page);
}

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

/** Somebody whom a portal knows. */
export interface Person {
  contactId: string;
  /** Null where the contact has no access. */
  portalUserId: string | null;
}

/** Whom a portal knows by this address (its key) or contact id, if anybody. In plain SQL: most of those who are added are new. */
export async function findPerson(
  em: EntityManager,
  portalId: string,
  by: { emailKey: string } | { contactId: string },
): Promise<Person | undefined> {
  const [column, value] = 'emailKey' in by ? ['email_key', by.emailKey] : ['id', by.contactId];
  const [person] = await em.execute<Person[]>(
    `select c.id as "contactId", u.id as "portalUserId"
       from contacts c left join portal_users u on u.contact_id = c.id
      where c.portal_id = ? and c.${column} = ?`,
    [portalId, value],
  );
  return person;
}
