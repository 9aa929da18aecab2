import type { Database } from './database.ts';

/** Any number that is ours alone among the advisory locks of this database. */
const MIGRATION_LOCK = 4_711_000_001;

/**
 * Brings the schema up to date. Safe to repeat, and safe for several processes at once: an advisory lock makes them
 * take turns, and the later ones find nothing left to do. Open the database as `patient` for it.
 */
export async function migrate(database: Database): Promise<void> {
  await database.em.fork().transactional(async (em) => {
    await em.execute('select pg_advisory_xact_lock(?)', [MIGRATION_LOCK]);
    await database.migrator.up();
  });
}
