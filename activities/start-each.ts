import { whileHeartbeating } from './while-heartbeating.ts';

/** Started at a time: catching up must not crowd out what arrives meanwhile. */
const CONCURRENCY = 10;

/**
 * Starts what is missing, some at a time.
 *
 * @throws the first failure, after all the others were tried; a cancellation at once, since a later run goes on
 */
export async function startEach<Missing>(missing: Missing[], start: (one: Missing) => Promise<void>): Promise<void> {
  const outcomes: PromiseSettledResult<void>[] = [];
  await whileHeartbeating(async (signal) => {
    for (let next = 0; next < missing.length; next += CONCURRENCY) {
      signal.throwIfAborted();
      const batch = missing.slice(next, next + CONCURRENCY);
      outcomes.push(...(await Promise.allSettled(batch.map(start))));
    }
  });
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
