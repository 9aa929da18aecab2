import { RequestEmail } from '../db/entities/index.ts';
import { readClock } from '../db/queries/read-clock.ts';
import type { Dependencies } from './dependencies.ts';
import { startEach } from './start-each.ts';

/** Starts the workflow of an e-mail about a request; a running one is left alone. Safe to repeat. */
export type RequestEmailStarter = (requestEmailId: string) => Promise<void>;

/** Younger ones are being started by the call that put them down. */
const MIN_AGE_MS = 15_000;
/** Started in one run; the schedule's next run takes up the rest. */
const MOST_AT_ONCE = 10_000;

/**
 * Starts every e-mail about a request that was put down while Temporal was down, or whose API process died in between.
 * Safe to repeat.
 *
 * @throws the first failure, after all the others were tried
 */
export async function startMissingRequestEmails({
  database,
  startRequestEmail,
}: Pick<Dependencies, 'database' | 'startRequestEmail'>): Promise<void> {
  const em = database.em.fork();
  const before = new Date((await readClock(em)).getTime() - MIN_AGE_MS);
  const unanswered = await em.find(
    RequestEmail,
    { answeredAt: null, queuedAt: { $lt: before } },
    { fields: ['id'], orderBy: { queuedAt: 'asc' }, limit: MOST_AT_ONCE },
  );
  await startEach(unanswered, ({ id }) => startRequestEmail(id));
}
