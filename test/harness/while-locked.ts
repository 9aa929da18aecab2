import type { Database, EntityManager } from '../../db/database.ts';
import { eventually } from './eventually.ts';

/**
 * Holds a row while `start` begins something that comes to wait for it; then `change` writes in the transaction that holds the row,
 * and commits.
 */
export async function whileLocked<T>(
  { em }: Database,
  row: { table: 'operators' | 'portal_operators' | 'portal_users'; id: string },
  start: () => Promise<T>,
  change: (locked: EntityManager) => Promise<unknown>,
): Promise<T> {
  let underWay: Promise<T> | undefined;
  await em.fork().transactional(async (locked) => {
    await locked.execute(`select from ${row.table} where id = ? for no key update`, [row.id]);
    underWay = start();
    const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    await eventually(async () => (await em.fork().execute<unknown[]>(waiting)).length > 0, 'a wait for the row');
    await change(locked);
  });
  return underWay!;
}
