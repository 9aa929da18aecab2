import { setTimeout as sleep } from 'node:timers/promises';
import { PortalUser } from '../../db/entities/index.ts';
import type { InvitationOutcome } from '../../workflows/vocabulary.ts';
import { Problem } from '../problem.ts';
import type { Services } from '../services.ts';

/** How often and how long the record is read after Temporal's deadline; the whole call still answers within 2 s. */
const READS = 3;
const BETWEEN_READS_MS = 150;

/**
 * Calls Temporal. Where its answer does not come in time the call may have been received all the same, so the record is read:
 * what it shows is the truth.
 *
 * @param read what the record shows to have come of the call; undefined while it shows nothing
 * @throws Problem `unavailable` where Temporal has not answered and the record shows nothing: nobody knows yet
 */
export async function orReadAgain<T>(call: () => Promise<T>, read: () => Promise<T | undefined>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'unavailable') throw error;
    for (let reads = 1; ; reads += 1) {
      const found = await read();
      if (found !== undefined) return found;
      if (reads === READS) throw error;
      await sleep(BETWEEN_READS_MS);
    }
  }
}

/** How a portal user's invitation has ended, for {@link orReadAgain}; undefined while the user is Not Confirmed. */
export async function readDecision({ database }: Services, id: string): Promise<InvitationOutcome | undefined> {
  const { confirmationStatus } = await database.em.fork().findOneOrFail(PortalUser, id);
  return confirmationStatus === 'not_confirmed' ? undefined : confirmationStatus;
}
