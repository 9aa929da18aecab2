import type { ConfirmationStatus } from '../../vocabulary/statuses.ts';
import type { Link } from '../../vocabulary/workflows.ts';
import type { EntityManager } from '../database.ts';

/** The generation of the newest link, whose e-mail is queued or sent; or why there is none. */
export type ReInviteResult = { generation: number } | 'already_confirmed' | 'deactivated' | 'erased';

/**
 * What became of requests to replace these links, by portal user. A signal that Temporal has received is no result: a decision may
 * have come first.
 *
 * @returns without the links that the record says nothing of yet
 */
export async function readReInvites(em: EntityManager, links: Link[]): Promise<Map<string, ReInviteResult>> {
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
