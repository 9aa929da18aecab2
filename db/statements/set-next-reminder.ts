import type { EntityManager } from '../database.ts';

/**
 * Sets when a link's next reminder is due, null for none, while the user is Not Confirmed and has no newer link. Safe to repeat.
 */
export async function setNextReminder(
  em: EntityManager,
  { portalUserId, generation }: { portalUserId: string; generation: number },
  nextReminderAt: Date | null,
): Promise<void> {
  await em.execute(
    `update portal_users set next_reminder_at = ?, due_at = coalesce(?, link_expires_at)
      where id = ? and generation = ? and confirmation_status = 'not_confirmed'`,
    [nextReminderAt, nextReminderAt, portalUserId, generation],
  );
}
