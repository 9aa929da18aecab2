import type { EntityManager } from '../../db/database.ts';

/** Signs an operator out everywhere. The caller holds the lock on the operator's row. Safe to repeat. */
export async function endSessions(em: EntityManager, operatorId: string): Promise<void> {
  await em.execute('delete from sessions where operator_id = ?', [operatorId]);
}
