import { eventually } from '../eventually.ts';
import type { FaultStage } from './fault-stage.ts';

/**
 * Waits until no session of Postgres is left in a transaction. One that an outage has cut short would keep its locks, and its
 * slot of the process's pool, for ever.
 */
export async function untilTransactionsEnd({ sql }: FaultStage): Promise<void> {
  const isOver = async () => {
    const open = await sql(
      `select pid from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'`,
    );
    return open.length === 0;
  };
  await eventually(isOver, 'all transactions to end');
}
