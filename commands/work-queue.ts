import pLimit from 'p-limit';
import { Refusal } from '../vocabulary/refusal.ts';

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

/** Runs a task after every earlier one with the same key has ended, whether or not that failed. */
type KeyedQueue = <T>(key: string, task: () => Promise<T>) => Promise<T>;

/** Lets one task at a time run for each key, in the order they came. Tasks of different keys do not wait for each other. */
export function oneAtATimeByKey(): KeyedQueue {
  const newest = new Map<string, Promise<unknown>>();
  return async (key, task) => {
    const before = newest.get(key);
    const own = (async () => {
      await before?.catch(() => {});
      return task();
    })();
    newest.set(key, own);
    try {
      return await own;
    } finally {
      if (newest.get(key) === own) newest.delete(key);
    }
  };
}
