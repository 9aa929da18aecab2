import type { EntityManager } from '../../db/database.ts';
import { readClock } from '../../db/database.ts';
import { RateLimit, RememberedResponse, UnownedObject } from '../../db/entities/index.ts';
import { SESSION_IS_LIVE } from '../../db/queries/sessions.ts';
import type { Dependencies } from '../dependencies.ts';
import { whileHeartbeating } from '../mail-server/deliver-message.ts';

/** Deletes expired sessions and expired counts of failed sign-ins. @idempotent */
export async function forgetExpiredSessions({ database }: Pick<Dependencies, 'database'>): Promise<void> {
  const em = database.em.fork();
  await whileHeartbeating(async () => {
    await em.execute(`delete from sessions where not (${SESSION_IS_LIVE})`);
    await em.nativeDelete(RateLimit, { expire: { $lt: (await readClock(em)).getTime() } });
  });
}

/** How long the response to an Idempotency-Key is remembered: a client's retries are over by then. */
const REMEMBER_MS = 24 * 3_600_000;

/** Deletes responses that were remembered for a day. @idempotent */
export async function forgetOldAnswers({ database }: Pick<Dependencies, 'database'>): Promise<void> {
  const em = database.em.fork();
  await whileHeartbeating(async () => {
    const before = new Date((await readClock(em)).getTime() - REMEMBER_MS);
    await em.nativeDelete(RememberedResponse, { createdAt: { $lt: before } });
  });
}

/** By then the transaction that was to take an object has ended. */
const MAX_AGE_SECONDS = 3_600;
/** Erased in one run; the schedule's next run erases the rest. */
const MOST_AT_ONCE = 1_000;
const CONCURRENCY = 10;
/** A storage that is down must not delay the schedule's next run. */
const TIME_LIMIT_MS = 20_000;

/**
 * Erases objects outside of Postgres that no attachment owns: those of deleted attachments, and after an hour those that no
 * transaction took. Their rows are deleted last, so that the next run repeats what was interrupted.
 *
 * @idempotent also when it runs twice at once
 * @throws the first failure, after the others were tried
 */
export async function eraseUnownedObjects({
  database,
  attachments,
}: Pick<Dependencies, 'database' | 'attachments'>): Promise<void> {
  const em = database.em.fork();
  const until = Date.now() + TIME_LIMIT_MS;
  await releaseUntakenObjects(em);
  const objects = await em.find(
    UnownedObject,
    { isBeingErased: true },
    { orderBy: { since: 'asc' }, limit: MOST_AT_ONCE },
  );
  const failures: unknown[] = [];
  await whileHeartbeating(async () => {
    for (let next = 0; next < objects.length && Date.now() < until; next += CONCURRENCY) {
      const batch = objects.slice(next, next + CONCURRENCY);
      const outcomes = await Promise.allSettled(batch.map(({ id }) => attachments.erase(id)));
      const erased = batch.filter((_, index) => outcomes[index]!.status === 'fulfilled').map(({ id }) => id);
      await em.nativeDelete(UnownedObject, { id: { $in: erased } });
      failures.push(...outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : [])));
    }
  });
  if (failures.length > 0) throw failures[0];
}

/** An object that a transaction is taking is locked by it and skipped, so that it is either taken or erased. */
async function releaseUntakenObjects(em: EntityManager): Promise<void> {
  await em.execute(
    `update unowned_objects set is_being_erased = true where id in (
       select id from unowned_objects where not is_being_erased and since < now() - make_interval(secs => ?) for update skip locked)`,
    [MAX_AGE_SECONDS],
  );
}
