import { Problem } from './problem.ts';

const RETRY_AFTER_SECONDS = 5;

/** Runs a task when it is its turn. @throws Problem `unavailable` where too many are waiting already */
export type WorkQueue = <T>(task: () => Promise<T>) => Promise<T>;

/** Lets `atOnce` tasks run at a time and `waiting` more wait, in the order they came. */
export function workQueue({ atOnce, waiting }: { atOnce: number; waiting: number }): WorkQueue {
  const queue: (() => void)[] = [];
  let running = 0;
  return async (task) => {
    if (running === atOnce) {
      if (queue.length === waiting) throw tooBusy();
      await new Promise<void>((resolve) => queue.push(resolve)); // whose turn it is takes over the place that became free
    } else {
      running += 1;
    }
    try {
      return await task();
    } finally {
      const next = queue.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}

function tooBusy(): Problem {
  const detail = 'Too much is going on at this moment. Try again in a few seconds.';
  return new Problem('unavailable', { detail, retryAfter: RETRY_AFTER_SECONDS });
}
