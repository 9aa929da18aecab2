import type { Actor } from '../../workflows/vocabulary.ts';
import type { EntityManager } from '../database.ts';

/**
 * The actor whose correction of the address or reactivation began a link, null for a link that a signal asked for. These two
 * change the row before any workflow knows of the new link, and their events have its `generation`.
 *
 * @param portalUserId and `generation`: SQL expressions
 */
export function linkBegunBySql(portalUserId: string, generation: string): string {
  return `(
    select begun.actor from events begun
     where begun.portal_user_id = ${portalUserId} and begun.data ->> 'generation' = (${generation})::text
       and begun.type in ('portal_user_changed', 'portal_user_reactivated')
     limit 1)`;
}

/** See {@link linkBegunBySql}. The caller holds the lock on the user's row. */
export async function linkBegunBy(em: EntityManager, portalUserId: string, generation: number): Promise<Actor | null> {
  const [link] = await em.execute<{ actor: Actor | null }[]>(`select ${linkBegunBySql('?', '?::int')} as actor`, [
    portalUserId,
    generation,
  ]);
  return link!.actor;
}
