import { setTimeout as sleep } from 'node:timers/promises';
import type { ConfirmationStatus } from '../../workflows/vocabulary.ts';
import type { Database, EntityManager } from '../database.ts';

const POLL_MS = 50;
/** How long the record is waited for; usually milliseconds. */
const LIMIT_MS = 3_000;

/** A portal user's link that a signal asks to replace. */
export interface AskedLink {
  portalUserId: string;
  generation: number;
}

/** The generation of the newest link, whose e-mail is queued or sent; or why there is none. */
export type ReInviteResult = { generation: number } | 'already_confirmed' | 'deactivated' | 'erased';

/**
 * What became of the links that signals ask to replace, by portal user. A signal that Temporal has taken is no result: a
 * decision may have come first.
 *
 * @returns without those that the record says nothing of after three seconds
 */
export async function awaitReInvites(database: Database, links: AskedLink[]): Promise<Map<string, ReInviteResult>> {
  const deadline = Date.now() + LIMIT_MS;
  const results = new Map<string, ReInviteResult>();
  for (;;) {
    const waiting = links.filter(({ portalUserId }) => !results.has(portalUserId));
    for (const [id, result] of await readReInvites(database.em.fork(), waiting)) results.set(id, result);
    if (results.size === links.length || Date.now() >= deadline) return results;
    await sleep(POLL_MS);
  }
}

/** What the record says of them now. */
export async function readReInvites(em: EntityManager, links: AskedLink[]): Promise<Map<string, ReInviteResult>> {
  if (links.length === 0) return new Map();
  const rows = await em.execute<{ id: string; status: ConfirmationStatus; generation: number | null }[]>(
    `select u.id, u.confirmation_status as status, newest.generation
       from portal_users u
       left join lateral (
         select e.generation from invitation_emails e
          where e.portal_user_id = u.id and e.reminder = 0 order by e.generation desc limit 1
       ) newest on true
      where u.id in (?)`,
    [links.map(({ portalUserId }) => portalUserId)],
  );
  const found = new Map(rows.map((row) => [row.id, row]));
  const results = new Map<string, ReInviteResult>();
  for (const { portalUserId, generation } of links) {
    const row = found.get(portalUserId);
    if (row === undefined) results.set(portalUserId, 'erased');
    else if (row.generation !== null && row.generation > generation)
      results.set(portalUserId, { generation: row.generation });
    else if (row.status !== 'not_confirmed')
      results.set(portalUserId, row.status === 'confirmed' ? 'already_confirmed' : 'deactivated');
  }
  return results;
}
