import { BulkAction } from '../db/entities/index.ts';
import { readClock } from '../db/queries/read-clock.ts';
import type { Dependencies } from './dependencies.ts';
import { startEach } from './start-each.ts';

/** Starts a bulk action's workflow; a running one is left alone. Safe to repeat. */
export type BulkActionStarter = (bulkActionId: string) => Promise<void>;

/** Younger ones are being started by the call that asked for them. */
const MIN_AGE_MS = 15_000;
/** More than operators ask for within an outage. */
const MOST_AT_ONCE = 1_000;

/** Starts every bulk action that was asked for while Temporal was down, or whose API process died in between. Safe to repeat. */
export async function startMissingBulkActions({
  database,
  startBulkAction,
}: Pick<Dependencies, 'database' | 'startBulkAction'>): Promise<void> {
  const em = database.em.fork();
  const before = new Date((await readClock(em)).getTime() - MIN_AGE_MS);
  const unfinished = await em.find(
    BulkAction,
    { finishedAt: null, createdAt: { $lt: before } },
    { orderBy: { createdAt: 'asc' }, limit: MOST_AT_ONCE },
  );
  await startEach(unfinished, ({ id }) => startBulkAction(id));
}
