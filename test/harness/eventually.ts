import { setTimeout as sleep } from 'node:timers/promises';

/** Above what any single step takes on a busy machine. */
const PATIENCE_MS = 30_000;
const POLL_MS = 25;

/** Asks again until the answer is truthy. @throws Error naming `what` when patience ends */
export async function eventually<T>(
  ask: () => T | Promise<T>,
  what: string,
  patienceMs = PATIENCE_MS,
): Promise<NonNullable<T>> {
  const deadline = Date.now() + patienceMs;
  while (Date.now() < deadline) {
    const answer = await ask();
    if (answer) return answer;
    await sleep(POLL_MS);
  }
  throw new Error(`Waited in vain for ${what}`);
}
