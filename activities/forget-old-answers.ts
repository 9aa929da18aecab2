import { RememberedAnswer } from '../db/entities/index.ts';
import { readClock } from '../db/queries/read-clock.ts';
import type { Dependencies } from './dependencies.ts';
import { whileHeartbeating } from './while-heartbeating.ts';

/** How long an Idempotency-Key is good for: a client's retries are over by then. */
const REMEMBER_MS = 24 * 3_600_000;

/** Deletes answers remembered for longer than a day. Safe to repeat. */
export async function forgetOldAnswers({ database }: Pick<Dependencies, 'database'>): Promise<void> {
  const em = database.em.fork();
  await whileHeartbeating(async () => {
    const before = new Date((await readClock(em)).getTime() - REMEMBER_MS);
    await em.nativeDelete(RememberedAnswer, { createdAt: { $lt: before } });
  });
}
