import { v7 as uuid } from 'uuid';
import type { Actor, EventData } from '../../vocabulary/events.ts';
import type { EntityManager } from '../database.ts';
import { Contact, PortalUser } from '../entities/index.ts';

/** Somebody whom a portal does not know yet. */
export type NewPerson = Pick<Contact, 'email' | 'emailKey' | 'name'>;
/** How a portal user is to be invited. */
export type InvitationChoices = Pick<PortalUser, 'locale' | 'note' | 'afterConfirmingUrl' | 'metadata' | 'linkSalt'>;

export interface PersonToInsert extends NewPerson, InvitationChoices {
  portalId: string;
  /** Who adds them. */
  actor: Actor;
}

/**
 * Puts down a new contact with access to the portal, Not Confirmed, and tells of it in the timeline. All of it or nothing.
 *
 * @returns the portal user, its contact loaded
 * @throws UniqueConstraintViolationException where the portal knows the address
 */
export async function insertNewPerson(em: EntityManager, person: PersonToInsert): Promise<PortalUser> {
  const { portalId, email, emailKey, name, locale, note, afterConfirmingUrl, metadata, linkSalt, actor } = person;
  const [contactId, userId] = [uuid(), uuid()];
  const [row] = await em.execute<{ created_at: Date }[]>(
    `with contact as (
       insert into contacts (id, portal_id, email, email_key, name, created_at) values (?, ?, ?, ?, ?, now()) returning id
     ), "user" as (
       insert into portal_users (id, portal_id, contact_id, locale, note, after_confirming_url, metadata, link_salt,
                                 queued_at, created_at)
       select ?, ?, contact.id, ?, ?, ?, ?::json, ?, now(), now() from contact
       returning *
     ), told as (
       insert into events (portal_id, portal_user_id, type, actor, data, occurred_at)
       select portal_id, id, 'portal_user_added', ?, ?::jsonb, now() from "user"
     )
     select * from "user"`,
    [
      ...[contactId, portalId, email, emailKey, name],
      ...[userId, portalId, locale, note, afterConfirmingUrl, JSON.stringify(metadata), linkSalt],
      ...[actor, JSON.stringify({ email } satisfies EventData['portal_user_added'])],
    ],
  );
  em.merge(Contact, {
    id: contactId,
    portal: portalId,
    email,
    emailKey,
    name,
    isPortalUser: true,
    createdAt: row!.created_at,
  });
  return em.map(PortalUser, row!);
}
