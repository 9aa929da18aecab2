import type { EntityManager } from '../database.ts';

/**
 * Says of a portal user's invitation e-mails that no mail server has answered for, that they are not sent any more: the user was
 * deactivated, or has a newer link. An e-mail that is being sent at this moment gets the mail server's answer all the same.
 * Safe to repeat.
 *
 * @param before only those of earlier generations; absent: all
 */
export async function suppressUnsentEmails(
  em: EntityManager,
  portalUserId: string,
  before: number | null = null,
): Promise<void> {
  await em.execute(
    `update invitation_emails set delivery = 'suppressed'
      where portal_user_id = ? and answered_at is null and delivery <> 'suppressed'
        and (?::int is null or generation < ?)`,
    [portalUserId, before, before],
  );
}
