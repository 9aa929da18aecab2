import { setTimeout as sleep } from 'node:timers/promises';
import type { Lifecycle, LoadResult } from './lifecycle.ts';

export interface OpenLoop {
  /** Lifecycles begun per second, whatever became of those before. */
  perSecond: number;
  /** The first ones, which are not counted. */
  warmUp: number;
  count: number;
}

/** Begins lifecycles at a steady rate: what waits in a queue shows in the times, as it does for people. */
export async function openLoop(
  live: () => Promise<Lifecycle>,
  { perSecond, warmUp, count }: OpenLoop,
): Promise<LoadResult> {
  const result: LoadResult = { lifecycles: [], ended: 0, seconds: count / perSecond, errors: 0 };
  const startedAt = performance.now();
  const begun: Promise<void>[] = [];

  for (let index = 0; index < warmUp + count; index += 1) {
    await sleep(Math.max(0, startedAt + (index * 1000) / perSecond - performance.now()));
    begun.push(
      live().then(
        (lifecycle) => {
          result.ended += 1;
          if (index >= warmUp) result.lifecycles.push(lifecycle);
        },
        (error: Error) => {
          result.errors += 1;
          result.firstError ??= error.message;
        },
      ),
    );
  }
  await Promise.all(begun);
  return result;
}
