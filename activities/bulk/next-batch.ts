import { LockMode, raw } from '@mikro-orm/postgresql';
import type { LinkToReplace } from '../../commands/portal-users/re-invite.ts';
import type { Database, EntityManager } from '../../db/database.ts';
import { BulkAction, BulkActionRow, Portal } from '../../db/entities/index.ts';
import { listPortalUsers } from '../../db/queries/list-portal-users.ts';
import type { BulkBatch } from './act-on-portal-users.ts';

/** Few enough that an urgent invitation hardly notices, enough to keep Temporal busy. */
const AT_A_TIME = 25;

/**
 * Reads the next rows of a bulk action. For an action on all users that match a filter, rows are inserted as they are needed. Where
 * no row is left, or an operator stopped the action, its end is recorded.
 *
 * @idempotent returns the same rows until their outcomes are recorded
 * @returns undefined where the action has ended
 */
export async function nextBatch(database: Database, bulkActionId: string): Promise<BulkBatch | undefined> {
  return database.em.fork().transactional(async (em) => {
    const bulkAction = await em.findOne(BulkAction, bulkActionId, { lockMode: LockMode.PESSIMISTIC_WRITE });
    if (bulkAction === null || bulkAction.finishedAt) return undefined;
    const rows = bulkAction.stoppedAt ? [] : await selectAndReadRows(em, bulkAction);
    if (rows.length > 0) {
      return { bulkAction, portal: await em.findOneOrFail(Portal, bulkAction.portal.id), rows };
    }
    bulkAction.finishedAt = raw<Date>('now()');
    bulkAction.filter = null; // it may hold a name or an address that was searched for
    return undefined;
  });
}

async function selectAndReadRows(em: EntityManager, bulkAction: BulkAction): Promise<LinkToReplace[]> {
  let rows = await readRows(em, bulkAction);
  while (rows.length === 0 && !bulkAction.isSelected) {
    await selectRows(em, bulkAction);
    await em.flush();
    rows = await readRows(em, bulkAction);
  }
  return rows;
}

async function readRows(em: EntityManager, bulkAction: BulkAction): Promise<LinkToReplace[]> {
  const rows = await em.find(
    BulkActionRow,
    { bulkAction, outcome: null },
    { populate: ['portalUser'], strategy: 'joined', orderBy: { portalUser: 'asc' }, limit: AT_A_TIME },
  );
  return rows.map(({ portalUser, generation }) => ({ user: portalUser.getEntity(), generation }));
}

/** Inserts rows for the next users that match the filter now, oldest first. */
async function selectRows(em: EntityManager, bulkAction: BulkAction): Promise<void> {
  const { portal, filter, selectionCursor } = bulkAction;
  const page = { limit: AT_A_TIME, ...(selectionCursor && { cursor: selectionCursor }) };
  const { rows, nextCursor } = await listPortalUsers(em, portal.id, filter ?? {}, 'createdAt', page);
  for (const user of rows) {
    em.create(BulkActionRow, { bulkAction, portalUser: user, generation: user.generation });
  }
  bulkAction.selectionCursor = nextCursor;
  bulkAction.isSelected = nextCursor === null;
}
