import { Problem } from '../problem.ts';
import { describeUnforeseen } from '../problem-of.ts';
import type { Services } from '../services.ts';

/**
 * Tells Temporal of something that is committed already. Where that fails the call succeeds all the same: the row says
 * what is due, and the housekeeping sees to it later.
 *
 * @param about ids for the log
 */
export async function nowOrLater(
  { logger }: Services,
  about: Record<string, string>,
  tell: () => Promise<void>,
): Promise<void> {
  try {
    await tell();
  } catch (error) {
    const reason = error instanceof Problem ? error.code : describeUnforeseen(error);
    logger.warn({ ...about, reason }, 'Temporal was not told: the housekeeping will do it');
  }
}
