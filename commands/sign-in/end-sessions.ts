import type { EntityManager } from '../../db/database.ts';
import { holderColumn, type SessionHolder } from '../../db/queries/sessions.ts';
import { Id } from '../../schemas/text.ts';
import { Refusal } from '../../vocabulary/refusal.ts';

/** Signs an operator out everywhere. The caller holds the lock on the operator's row. Safe to repeat. */
export async function endSessions(em: EntityManager, operatorId: string): Promise<void> {
  await em.execute('delete from sessions where operator_id = ?', [operatorId]);
}

/**
 * Ends one session of a person, in whatever browser it is.
 *
 * @param id the public id, as the account page has it
 * @throws Refusal `not_found` where the session has ended already, or is another person's
 */
export async function endOwnSession(em: EntityManager, holder: SessionHolder, id: string): Promise<void> {
  if (!Id.safeParse(id).success) throw new Refusal('not_found');
  const [column, personId] = holderColumn(holder);
  const ended = await em.execute<unknown[]>(`delete from sessions where ${column} = ? and id = ? returning id`, [
    personId,
    id,
  ]);
  if (ended.length === 0) throw new Refusal('not_found', { detail: 'This session has ended already.' });
}
