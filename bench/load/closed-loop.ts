import type { Lifecycle, LoadResult } from './lifecycle.ts';

export interface ClosedLoop {
  /** Lifecycles under way at a time: the next one starts when one ends. */
  concurrency: number;
  /** Not counted. */
  warmUpMs: number;
  measureMs: number;
}

/** Keeps as many lifecycles under way for as long as it is told, and counts those that end after the warm-up. */
export async function closedLoop(
  live: () => Promise<Lifecycle>,
  { concurrency, warmUpMs, measureMs }: ClosedLoop,
): Promise<LoadResult> {
  const countFrom = performance.now() + warmUpMs;
  const end = countFrom + measureMs;
  const result: LoadResult = { lifecycles: [], ended: 0, seconds: measureMs / 1000, errors: 0 };

  async function one(): Promise<void> {
    while (performance.now() < end) {
      try {
        const lifecycle = await live();
        result.ended += 1;
        const now = performance.now();
        if (now >= countFrom && now < end) result.lifecycles.push(lifecycle);
      } catch (error) {
        result.errors += 1;
        result.firstError ??= (error as Error).message;
      }
    }
  }

  await Promise.all(Array.from({ length: concurrency }, one));
  return result;
}
