import type { EntityManager } from '../database.ts';

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
