import { RememberedAnswer } from '../db/entities/index.ts';
import type { Dependencies } from './dependencies.ts';
import { whileHeartbeating } from './while-heartbeating.ts';

/** How long an Idempotency-Key is good for: a client's retries are over by then. */
const REMEMBER_MS = 24 * 3_600_000;

/** Deletes answers remembered for longer than a day. Safe to repeat. */
export async function forgetOldAnswers({ database }: Pick<Dependencies, 'database'>): Promise<void> {
  const before = new Date(Date.now() - REMEMBER_MS);
  await whileHeartbeating(() => database.em.fork().nativeDelete(RememberedAnswer, { createdAt: { $lt: before } }));
}
