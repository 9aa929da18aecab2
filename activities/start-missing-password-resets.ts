import { PasswordResetRequest } from '../db/entities/index.ts';
import { readClock } from '../db/queries/read-clock.ts';
import type { Dependencies } from './dependencies.ts';
import { startEach } from './start-each.ts';

/** Starts the workflow of an e-mail to who forgot the password; a running one is left alone. Safe to repeat. */
export type PasswordResetStarter = (passwordResetRequestId: string) => Promise<void>;

/** Younger ones are being started by the call that put them down. */
const MIN_AGE_MS = 15_000;
/** By then its link would be dead, and its workflow has given up, unless none ever ran. */
const MAX_AGE_MS = 2 * 3_600_000;
/** Started in one run; the schedule's next run takes up the rest. */
const MOST_AT_ONCE = 10_000;

/**
 * Starts what asked for a new password while Temporal was down, or whose API process died in between, and deletes what is
 * too old. Safe to repeat.
 *
 * @throws the first failure, after all the others were tried
 */
export async function startMissingPasswordResets({
  database,
  startPasswordReset,
}: Pick<Dependencies, 'database' | 'startPasswordReset'>): Promise<void> {
  const em = database.em.fork();
  const now = (await readClock(em)).getTime();
  await em.nativeDelete(PasswordResetRequest, { createdAt: { $lt: new Date(now - MAX_AGE_MS) } });
  const waiting = await em.find(
    PasswordResetRequest,
    { createdAt: { $lt: new Date(now - MIN_AGE_MS) } },
    { fields: ['id'], orderBy: { createdAt: 'asc' }, limit: MOST_AT_ONCE },
  );
  await startEach(waiting, ({ id }) => startPasswordReset(id));
}
