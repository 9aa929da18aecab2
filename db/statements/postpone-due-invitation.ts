import type { EntityManager } from '../database.ts';

/** Longer than most workflows need for what is due, and short for one that is lost again. */
const LOOK_AGAIN_AFTER = '5 minutes';

/**
 * For an invitation that is overdue and whose workflow runs: the housekeeping leaves it alone until it is due again, or for
 * some minutes. An expiry that a worker of an earlier release recorded is due no more. @idempotent
 */
export async function postponeDueInvitation(em: EntityManager, portalUserId: string): Promise<void> {
  await em.execute(
    `update portal_users u
        set due_at = case
              when exists (select from events e
                            where e.portal_user_id = u.id and e.once_key = 'link_expired/' || u.generation) then null
              else greatest(now() + interval '${LOOK_AGAIN_AFTER}', coalesce(u.next_reminder_at, u.link_expires_at))
            end
      where id = ? and due_at < now()`,
    [portalUserId],
  );
}
