import type { EntityManager } from '../database.ts';

/**
 * Forgets a password that was chosen by a confirmation link and opens nothing yet. Safe to repeat; writes nothing where none was
 * chosen, as with most.
 *
 * @returns whether the link can be used: its portal user is Not Confirmed and has no newer one
 */
export async function discardPendingPassword(
  em: EntityManager,
  { portalUserId, generation }: { portalUserId: string; generation: number },
): Promise<boolean> {
  const usable = await em.execute<object[]>(
    `with usable as (
       select id, generation from portal_users where id = ? and generation = ? and confirmation_status = 'not_confirmed'
     ), discarded as (
       update portal_users u set pending_password_hash = null from usable
        where u.id = usable.id and u.generation = usable.generation and u.confirmation_status = 'not_confirmed'
          and u.pending_password_hash is not null
     )
     select id from usable`,
    [portalUserId, generation],
  );
  return usable.length === 1;
}
