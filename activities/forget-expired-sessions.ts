import { RateLimit, Session } from '../db/entities/index.ts';
import { readClock } from '../db/queries/read-clock.ts';
import type { Dependencies } from './dependencies.ts';
import { whileHeartbeating } from './while-heartbeating.ts';

/** Deletes sessions and counts of failed sign-ins that are over: they open and hinder nothing any more. Safe to repeat. */
export async function forgetExpiredSessions({ database }: Pick<Dependencies, 'database'>): Promise<void> {
  const em = database.em.fork();
  await whileHeartbeating(async () => {
    const now = await readClock(em);
    await em.nativeDelete(Session, { expire: { $lt: now } });
    await em.nativeDelete(RateLimit, { expire: { $lt: now.getTime() } });
  });
}
