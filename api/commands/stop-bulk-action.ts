import { raw } from '@mikro-orm/postgresql';
import type { Database } from '../../db/database.ts';
import { BulkAction } from '../../db/entities/index.ts';

/** Ends a bulk action where it is: rows that are being acted on are still done, the others are left. Safe to repeat. */
export async function stopBulkAction(database: Database, id: string): Promise<void> {
  const em = database.em.fork();
  await em.nativeUpdate(BulkAction, { id, finishedAt: null }, { finishedAt: raw<Date>('now()'), filter: null });
}
