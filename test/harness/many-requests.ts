import type { EntityManager } from '../../db/database.ts';

/** Gives every portal user of a portal one request: one in a hundred open, one in a hundred on hold, the others closed. */
export async function insertManyRequests(em: EntityManager, portalId: string): Promise<void> {
  await em.execute(
    `insert into requests (id, portal_id, portal_user_id, number, subject, description, status, created_at, last_activity_at)
     select gen_random_uuid(), portal_id, id, row_number() over (), 'The printer is on fire', repeat('It burns. ', 50),
            case abs(hashtext(id::text)) % 100 when 0 then 'open' when 1 then 'on_hold' else 'closed' end, created_at, created_at
       from portal_users where portal_id = ?`,
    [portalId],
  );
  await em.execute('vacuum analyze requests');
}
