import { DeadlockException, UniqueConstraintViolationException } from '@mikro-orm/postgresql';
import type { Database, EntityManager } from '../db/database.ts';

/** What a command writes with: one transaction, and what is to happen once it is safe. */
export interface UnitOfWork {
  em: EntityManager;
  /** Effects outside Postgres (starting a workflow) wait for the commit. A crash before them is made up for by the housekeeping. */
  afterCommit(effect: () => Promise<void>): void;
}

const MAY_SUCCEED_NOW = [UniqueConstraintViolationException, DeadlockException];

/**
 * Runs `work` in one transaction, then its effects. Where another transaction was first with the same unique value, or both
 * waited for each other, it runs once more and finds what that one wrote. Throws what `work` throws; nothing is written then.
 */
export async function inTransaction<T>(database: Database, work: (unit: UnitOfWork) => Promise<T>): Promise<T> {
  try {
    return await attempt(database, work);
  } catch (error) {
    if (!MAY_SUCCEED_NOW.some((kind) => error instanceof kind)) throw error;
    return attempt(database, work);
  }
}

async function attempt<T>(database: Database, work: (unit: UnitOfWork) => Promise<T>): Promise<T> {
  const effects: (() => Promise<void>)[] = [];
  const result = await database.em
    .fork()
    .transactional((em) => work({ em, afterCommit: (effect) => effects.push(effect) }));
  for (const effect of effects) await effect();
  return result;
}
