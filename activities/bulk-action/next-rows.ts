import { LockMode, raw } from '@mikro-orm/postgresql';
import type { Database, EntityManager } from '../../db/database.ts';
import { BulkAction, BulkActionRow, type PortalUser } from '../../db/entities/index.ts';
import { listPortalUsers } from '../../db/queries/list-portal-users.ts';

/** Few enough that an urgent invitation hardly notices, enough to keep Temporal busy. */
const AT_A_TIME = 25;

/** A portal user that it is the turn of, and the link that the row was put down for. */
export interface BulkRow {
  user: PortalUser;
  generation: number;
}

/**
 * The rows of a bulk action that come next; of all that match a filter, more are put down as they are needed. Undefined
 * where nothing is left to do or somebody stopped the action, which is recorded. Safe to repeat: gives the same rows until they have their outcome.
 */
export async function nextRows(
  database: Database,
  bulkActionId: string,
): Promise<{ bulkAction: BulkAction; rows: BulkRow[] } | undefined> {
  return database.em.fork().transactional(async (em) => {
    const bulkAction = await em.findOne(BulkAction, bulkActionId, { lockMode: LockMode.PESSIMISTIC_WRITE });
    if (bulkAction === null || bulkAction.finishedAt) return undefined;
    const rows = bulkAction.stoppedAt ? [] : await takeRows(em, bulkAction);
    if (rows.length > 0) return { bulkAction, rows };
    bulkAction.finishedAt = raw<Date>('now()');
    bulkAction.filter = null; // it may hold a name or an address that was searched for
    return undefined;
  });
}

async function takeRows(em: EntityManager, bulkAction: BulkAction): Promise<BulkRow[]> {
  let rows = await waitingRows(em, bulkAction);
  while (rows.length === 0 && !bulkAction.isSelected) {
    await selectRows(em, bulkAction);
    await em.flush();
    rows = await waitingRows(em, bulkAction);
  }
  return rows;
}

async function waitingRows(em: EntityManager, bulkAction: BulkAction): Promise<BulkRow[]> {
  const rows = await em.find(
    BulkActionRow,
    { bulkAction, outcome: null },
    { populate: ['portalUser'], strategy: 'joined', orderBy: { portalUser: 'asc' }, limit: AT_A_TIME },
  );
  return rows.map(({ portalUser, generation }) => ({ user: portalUser.getEntity(), generation }));
}

/** Those that match now, oldest first. */
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
