import pLimit from 'p-limit';
import { Refusal } from '../../vocabulary/refusal.ts';

const RETRY_AFTER_SECONDS = 5;

/** Runs a task when it is its turn. @throws Refusal `unavailable` where too many are waiting already */
export type WorkQueue = <T>(task: () => Promise<T>) => Promise<T>;

/** Lets `atOnce` tasks run at a time and `waiting` more wait, in the order they came. */
export function workQueue({ atOnce, waiting }: { atOnce: number; waiting: number }): WorkQueue {
  const limit = pLimit(atOnce);
  return async (task) => {
    if (limit.activeCount + limit.pendingCount >= atOnce + waiting) throw tooBusy();
    return limit(task);
  };
}

function tooBusy(): Refusal {
  const detail = 'Too much is going on at this moment. Try again in a few seconds.';
  return new Refusal('unavailable', { detail, retryAfter: RETRY_AFTER_SECONDS });
}
