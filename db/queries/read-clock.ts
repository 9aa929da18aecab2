import type { EntityManager } from '../database.ts';

/**
 * The time by Postgres's clock. What a right depends on is compared with it, never with the clock of an API or a worker,
 * of which each machine has its own.
 */
export async function readClock(em: EntityManager): Promise<Date> {
  const [row] = await em.execute<{ now: string }[]>('select to_json(now()) as now');
  return new Date(row!.now);
}

/** A clock that goes on from a moment, whatever is done to the machine's own clock meanwhile. */
export function clockFrom(moment: Date): () => Date {
  const startedAt = performance.now();
  return () => new Date(moment.getTime() + Math.round(performance.now() - startedAt));
}
