import type { EntityManager } from '../../db/database.ts';
import { holderColumn, type SessionHolder } from '../../db/queries/list-sessions.ts';
import { Problem } from '../problem.ts';
import { Id } from '../schemas/text.ts';

/**
 * Ends one session of a person, in whatever browser it is.
 *
 * @param id the public id, as the account page has it
 * @throws Problem `not_found` where the session has ended already, or is another person's
 */
export async function endOwnSession(em: EntityManager, holder: SessionHolder, id: string): Promise<void> {
  if (!Id.safeParse(id).success) throw new Problem('not_found');
  const [column, personId] = holderColumn(holder);
  const ended = await em.execute<unknown[]>(`delete from sessions where ${column} = ? and id = ? returning id`, [
    personId,
    id,
  ]);
  if (ended.length === 0) throw new Problem('not_found', { detail: 'This session has ended already.' });
}
