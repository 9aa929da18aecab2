import type { FilterQuery } from '@mikro-orm/postgresql';
import type { BulkOutcome } from '../../workflows/vocabulary.ts';
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
