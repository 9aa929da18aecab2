import type { EntityManager } from '../db/database.ts';
import { UnownedObject } from '../db/entities/index.ts';
import type { Dependencies } from './dependencies.ts';
import { whileHeartbeating } from './while-heartbeating.ts';

/** The transaction that was to take an object is over by then, one way or the other. */
const MAX_AGE_SECONDS = 3_600;
/** Looked at in one run; the schedule's next run takes up the rest. */
const MOST_AT_ONCE = 1_000;
const CONCURRENCY = 10;
/** The next run is not to wait for a storage that is down. */
const PATIENCE_MS = 20_000;

/**
 * Erases objects outside of Postgres that no attachment owns: those of deleted attachments, and after an hour those that no
 * transaction took. Their rows go last, so that what was cut short is done again. Safe to repeat, and to run twice at once.
 *
 * @throws the first failure, after the others were tried
 */
export async function eraseUnownedObjects({
  database,
  attachments,
}: Pick<Dependencies, 'database' | 'attachments'>): Promise<void> {
  const em = database.em.fork();
  const until = Date.now() + PATIENCE_MS;
  await giveUpUntaken(em);
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

/** What a transaction is just taking is locked by it, and passed over: it is either taken or erased. */
async function giveUpUntaken(em: EntityManager): Promise<void> {
  await em.execute(
    `update unowned_objects set is_being_erased = true where id in (
       select id from unowned_objects where not is_being_erased and since < now() - make_interval(secs => ?) for update skip locked)`,
    [MAX_AGE_SECONDS],
  );
}
