import type { TypedEvent } from '../../vocabulary/events.ts';
import type { ConfirmationStatus } from '../../vocabulary/statuses.ts';
import type { EntityManager } from '../database.ts';

/** The final result of an e-mail, and what it means for the invitation. */
export interface DeliveryRecord {
  emailId: string;
  delivery: 'sent' | 'bounced';
  /** The mail server's reply where it did not accept. */
  reply: string | null;
  answeredAt: Date;
  linkExpiresAt: Date;
  nextReminderAt: Date | null;
  event: TypedEvent<'invitation_sent' | 'invitation_reminder_sent' | 'invitation_bounced'>;
}

/** The portal user's row once the result is recorded. */
export interface InvitationState {
  confirmationStatus: ConfirmationStatus;
  generation: number;
}

/**
 * Records an e-mail's final result: in its row, in the timeline, and in the portal user's row if the e-mail is of the newest link;
 * deadlines only while the user is Not Confirmed. One transaction. @idempotent
 *
 * @returns undefined where the e-mail has a final result already, or was erased
 */
export async function recordDelivery(
  em: EntityManager,
  { emailId, delivery, reply, answeredAt, linkExpiresAt, nextReminderAt, event }: DeliveryRecord,
): Promise<InvitationState | undefined> {
  const [state] = await em.execute<InvitationState[]>(
    `with "user" as (
       select id, portal_id, generation, confirmation_status from portal_users
        where id = (select portal_user_id from invitation_emails where id = ?)
          for no key update
     ), email as (
       update invitation_emails e set delivery = ?, reply = ?, answered_at = ?
         from "user"
        where e.id = ? and e.answered_at is null
       returning e.generation = "user".generation as is_newest,
                 e.generation = "user".generation and "user".confirmation_status = 'not_confirmed' as is_current
     ), portal_user as (
       update portal_users u
          set emails_sent = u.emails_sent + sent.count,
              last_sent_at = case when sent.count = 1 then ? else u.last_sent_at end,
              delivery = case when email.is_newest then ? else u.delivery end,
              link_expires_at = case when email.is_current then ? else u.link_expires_at end,
              next_reminder_at = case when email.is_current then ? else u.next_reminder_at end,
              due_at = case when email.is_current then ? else u.due_at end
         from "user", email, (values (?::int)) sent (count)
        where u.id = "user".id
     ), event as (
       insert into events (portal_id, portal_user_id, type, actor, data, occurred_at)
       select "user".portal_id, "user".id, ?, 'temporal', ?::jsonb, ? from "user", email
     )
     select "user".confirmation_status as "confirmationStatus", "user".generation from "user", email`,
    [
      ...[emailId],
      ...[delivery, reply, answeredAt, emailId],
      ...[answeredAt, delivery, linkExpiresAt, nextReminderAt, nextReminderAt ?? linkExpiresAt],
      ...[delivery === 'sent' ? 1 : 0],
      ...[event.type, JSON.stringify(event.data), answeredAt],
    ],
  );
  return state;
}

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

/** Longer than most workflows need for what is due, and short for a workflow that is lost again. */
const POSTPONED_FOR = '5 minutes';

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
              else greatest(now() + interval '${POSTPONED_FOR}', coalesce(u.next_reminder_at, u.link_expires_at))
            end
      where id = ? and due_at < now()`,
    [portalUserId],
  );
}
