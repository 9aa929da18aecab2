import type { EntityManager } from '../../db/database.ts';

/** A link's end lies within this many days before or after now. */
const LINK_DAYS = 10;

/**
 * Fills a portal with portal users whose invitations are in every state: a third each Not Confirmed, Confirmed and
 * Deactivated, one in fifty bounced, some links expired. Names and addresses are told apart by their number: `user77@example.com`.
 */
export async function insertManyPortalUsers(em: EntityManager, portalId: string, count: number): Promise<void> {
  await em.execute(
    `insert into contacts (id, portal_id, email, email_key, name, created_at)
     select gen_random_uuid(), ?, 'user' || i || '@example.com', 'user' || i || '@example.com',
            'Person ' || md5(i::text), now() - make_interval(secs => i)
       from generate_series(1, ?) i`,
    [portalId, count],
  );
  await em.execute(
    `insert into portal_users (id, portal_id, contact_id, link_salt, confirmation_status, delivery, queued_at, created_at,
                               link_expires_at, due_at, last_sent_at, emails_sent)
     select gen_random_uuid(), portal_id, id, '\\x00', (array['not_confirmed', 'confirmed', 'deactivated'])[1 + abs(hashtext(email)) % 3],
            (array['sent', 'bounced'])[1 + (hashtext(email) % 50 = 0)::int], created_at, created_at,
            now() + make_interval(hours => hashtext(email || 'link') % (24 * ?)), null, created_at, 1
       from contacts where portal_id = ?`,
    [LINK_DAYS, portalId],
  );
  await em.execute(
    `insert into events (portal_id, portal_user_id, type, actor, occurred_at)
     select portal_id, id, 'invitation_sent', 'temporal', created_at from portal_users where portal_id = ?`,
    [portalId],
  );
  await em.execute(
    `insert into invitation_emails (id, portal_user_id, generation, reminder, to_address, delivery, content, queued_at, answered_at)
     select gen_random_uuid(), id, 1, 0, 'jane@example.com', delivery, '{}', created_at, created_at
       from portal_users where portal_id = ?`,
    [portalId],
  );
  await em.execute('vacuum analyze contacts, portal_users, events, invitation_emails');
}
