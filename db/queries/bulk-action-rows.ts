import type { FilterQuery } from '@mikro-orm/postgresql';
import type { BulkOutcome } from '../../vocabulary/portal-users.ts';
import type { EntityManager } from '../database.ts';
import { BulkActionRow } from '../entities/index.ts';
import { type Page, type PageRequest, readPage } from './read-page.ts';

/** One page of what a bulk action did to whom, of one outcome or of all. @throws CursorError */
export async function listBulkActionRows(
  em: EntityManager,
  bulkActionId: string,
  outcome: BulkOutcome | undefined,
  page: PageRequest,
): Promise<Page<BulkActionRow>> {
  const where: FilterQuery<BulkActionRow> = { bulkAction: bulkActionId };
  if (outcome !== undefined) where.outcome = outcome;
  return readPage(em, BulkActionRow, { where, orderBy: { portalUser: 'asc' }, populate: ['portalUser.contact'] }, page);
}

/** How many rows have which outcome; null: it is not their turn yet. */
export async function countBulkActionRows(
  em: EntityManager,
  bulkActionId: string,
): Promise<{ outcome: BulkOutcome | null; count: number }[]> {
  return em.execute(
    'select outcome, count(*)::int as count from bulk_action_rows where bulk_action_id = ? group by outcome order by 2 desc',
    [bulkActionId],
  );
}

/** How many of a bulk action's rows with these portal users still wait for their e-mail: it is not replaced yet, or not sent. */
export async function countUnsentRows(
  em: EntityManager,
  bulkActionId: string,
  portalUserIds: string[],
): Promise<number> {
  if (portalUserIds.length === 0) return 0;
  const [row] = await em.execute<{ count: number }[]>(
    `select count(*)::int as count
       from bulk_action_rows r
       join bulk_actions a on a.id = r.bulk_action_id
       join portal_users u on u.id = r.portal_user_id
      where r.bulk_action_id = ? and r.portal_user_id in (?) and r.outcome = 'done'
        and u.confirmation_status = 'not_confirmed'
        and (u.delivery = 'queued' or (a.action = 're_invite' and u.generation = r.generation))`,
    [bulkActionId, portalUserIds],
  );
  return row!.count;
}
