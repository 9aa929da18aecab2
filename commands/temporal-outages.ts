import { setTimeout as sleep } from 'node:timers/promises';
import { PortalUser } from '../db/entities/index.ts';
import { describeUnforeseen, Refusal } from '../vocabulary/refusal.ts';
import type { InvitationOutcome } from '../vocabulary/statuses.ts';
import type { CommandServices } from './services.ts';

/**
 * Calls Temporal about a change that is committed. Where that fails the command succeeds: the row says what is due, and the
 * housekeeping calls Temporal later.
 *
 * @param about ids for the log
 */
export async function callNowOrByHousekeeping(
  { logger }: Pick<CommandServices, 'logger'>,
  about: Record<string, string>,
  call: () => Promise<void>,
): Promise<void> {
  try {
    await call();
  } catch (error) {
    const reason = error instanceof Refusal ? error.code : describeUnforeseen(error);
    logger.warn({ ...about, reason }, 'Temporal was not told: the housekeeping will do it');
  }
}

const POLL_MS = 50;

/**
 * Reads the record until it shows the result of something that was requested.
 *
 * @param read the result; undefined while the record does not show one
 * @returns undefined where `limitMs` passed without a result
 */
export async function pollRecord<T>(read: () => Promise<T | undefined>, limitMs: number): Promise<T | undefined> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const result = await read();
    if (result !== undefined || Date.now() >= deadline) return result;
    await sleep(POLL_MS);
  }
}

/** How long the record is read after Temporal's deadline: the whole call still responds within 2 s. */
export const OUTAGE_POLL_LIMIT_MS = 300;

/**
 * Calls Temporal. A call without a response in time may have been received, so then the record is polled for its result.
 *
 * @param read the result of the call by the record; undefined while the record does not show one
 * @throws Refusal `unavailable` where Temporal has not responded and the record shows no result: the result is not known
 */
export async function callOrReadRecord<T>(call: () => Promise<T>, read: () => Promise<T | undefined>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'unavailable') throw error;
    const result = await pollRecord(read, OUTAGE_POLL_LIMIT_MS);
    if (result === undefined) throw error;
    return result;
  }
}

/**
 * How a portal user's invitation has ended, for {@link callOrReadRecord}; undefined while the user is Not Confirmed.
 *
 * @throws Refusal `not_found` where the user was erased
 */
export async function readDecision(
  { database }: Pick<CommandServices, 'database'>,
  id: string,
): Promise<InvitationOutcome | undefined> {
  const user = await database.em.fork().findOne(PortalUser, id);
  if (user === null) throw new Refusal('not_found');
  return user.confirmationStatus === 'not_confirmed' ? undefined : user.confirmationStatus;
}
