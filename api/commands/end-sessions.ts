import type { EntityManager } from '../../db/database.ts';

/** Signs an operator out everywhere, but for the browser whose session has the id `except`. Safe to repeat. */
export async function endSessions(em: EntityManager, operatorId: string, except = ''): Promise<void> {
  await em.execute(`delete from sessions where sess->>'operatorId' = ? and sid <> ?`, [operatorId, except]);
}
