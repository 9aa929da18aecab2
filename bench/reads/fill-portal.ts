import type { Client } from 'pg';

/** A link's end lies within this many days before or after now. */
const LINK_DAYS = 10;

/**
 * Adds the portal users that are missing up to `size`, each newer than the one before: a third each Not Confirmed, Confirmed
 * and Deactivated, one in fifty bounced, half of the links expired. What no list reads, such as events, is left out. Indexes
 * that are only there to read by are made anew afterwards, which is minutes quicker, and the planner's statistics are fresh.
 */
export async function fillPortal(client: Client, portalId: string, from: number, size: number): Promise<void> {
  await client.query(
    `set synchronous_commit = off; set maintenance_work_mem = '512MB'; set session_replication_role = replica`,
  );
  const indexes = await readIndexes(client);
  for (const { indexname } of indexes) await client.query(`drop index "${indexname}"`);
  await client.query(INSERT, [portalId, from + 1, size, LINK_DAYS]);
  for (const { indexdef } of indexes) await client.query(indexdef);
  await client.query('vacuum analyze contacts, portal_users, invitation_emails');
  await client.query('checkpoint');
  await client.query('reset all');
}

async function readIndexes(client: Client): Promise<{ indexname: string; indexdef: string }[]> {
  const { rows } = await client.query(`
    select indexname, indexdef from pg_indexes
     where schemaname = 'public' and tablename in ('contacts', 'portal_users')
       and indexname not in (select conname from pg_constraint)`);
  return rows;
}

const INSERT = `
  with contact as (
    insert into contacts (id, portal_id, email, email_key, name, created_at, is_portal_user)
    select uuidv7(age), $1, 'user' || i || '@example.com', 'user' || i || '@example.com', 'Person ' || md5(i::text), now() + age, true
      from generate_series($2::int, $3::int) i, make_interval(secs => i - 2000000) age
    returning *
  ), portal_user as (
    insert into portal_users (id, portal_id, contact_id, link_salt, confirmation_status, delivery, queued_at, created_at,
                              link_expires_at, due_at, last_sent_at, emails_sent)
    select id, portal_id, id, '\\x00', (array['not_confirmed', 'confirmed', 'deactivated'])[1 + abs(hashtext(email)) % 3],
           (array['sent', 'bounced'])[1 + (hashtext(email) % 50 = 0)::int], created_at, created_at,
           now() + make_interval(hours => hashtext(email || 'link') % (24 * $4::int)), null, created_at, 1
      from contact
    returning *
  )
  insert into invitation_emails (id, portal_user_id, generation, reminder, to_address, delivery, content, queued_at, answered_at)
  select id, id, 1, 0, 'jane@example.com', delivery, '{}', created_at, created_at from portal_user`;
