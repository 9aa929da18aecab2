import { RateLimit } from '../db/entities/index.ts';
import { readClock } from '../db/queries/read-clock.ts';
import { SESSION_IS_LIVE } from '../db/session-lifetimes.ts';
import type { Dependencies } from './dependencies.ts';
import { whileHeartbeating } from './while-heartbeating.ts';

/** Deletes sessions and counts of failed sign-ins that are over: they open and hinder nothing any more. Safe to repeat. */
export async function forgetExpiredSessions({ database }: Pick<Dependencies, 'database'>): Promise<void> {
  const em = database.em.fork();
  await whileHeartbeating(async () => {
    await em.execute(`delete from sessions where not (${SESSION_IS_LIVE})`);
    await em.nativeDelete(RateLimit, { expire: { $lt: (await readClock(em)).getTime() } });
  });
}
