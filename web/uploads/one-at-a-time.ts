import { oneAtATimeByKey } from '../../commands/work-queue.ts';
import { Refusal } from '../../vocabulary/refusal.ts';

const inTurn = oneAtATimeByKey();
const underWay = new Map<string, number>();

/** More than anybody has tabs for. The connection of each one that waits holds some kilobytes. */
const MOST_UNDER_WAY = 20;
const RETRY_AFTER_SECONDS = 10;

/**
 * Carries out, in this process, one piece of work after the other for each key: whoever sends many forms with files at once has
 * the files of one in memory, and nobody else waits.
 *
 * @throws Refusal `too_many_uploads` where {@link MOST_UNDER_WAY} are not done yet
 */
export async function oneAtATime<T>(key: string, work: () => Promise<T>): Promise<T> {
  const count = underWay.get(key) ?? 0;
  if (count === MOST_UNDER_WAY) {
    const detail = `${MOST_UNDER_WAY} forms are being sent already. Wait for them to be done.`;
    throw new Refusal('too_many_uploads', { detail, retryAfter: RETRY_AFTER_SECONDS });
  }
  underWay.set(key, count + 1);
  try {
    return await inTurn(key, work);
  } finally {
    const left = underWay.get(key)! - 1;
    if (left > 0) underWay.set(key, left);
    else underWay.delete(key);
  }
}
