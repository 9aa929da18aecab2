import type { ConfirmationStatus, EventType } from '../../workflows/vocabulary.ts';
import type { EntityManager } from '../database.ts';

/** What a mail server said of an e-mail for good, and what it means for the invitation. */
export interface Answer {
  emailId: string;
  delivery: 'sent' | 'bounced';
  /** Its words where it refused. */
  reply: string | null;
  answeredAt: Date;
  linkExpiresAt: Date;
  nextReminderAt: Date | null;
  event: { type: EventType; data: Record<string, unknown> };
}

/** Where the invitation stands once the answer is recorded. */
export interface Standing {
  confirmationStatus: ConfirmationStatus;
  generation: number;
}

/**
 * Records a mail server's final answer: with the e-mail, in the timeline, and with the portal user, as far as the e-mail is of
 * the newest link; deadlines only while the user is Not Confirmed. All of it or nothing. Safe to repeat: changes nothing then.
 *
 * @returns undefined where the e-mail has an answer already, or was erased
 */
export async function recordAnswer(
  em: EntityManager,
  { emailId, delivery, reply, answeredAt, linkExpiresAt, nextReminderAt, event }: Answer,
): Promise<Standing | undefined> {
  const [standing] = await em.execute<Standing[]>(
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
     ), standing as (
       update portal_users u
          set emails_sent = u.emails_sent + sent.count,
              last_sent_at = case when sent.count = 1 then ? else u.last_sent_at end,
              delivery = case when email.is_newest then ? else u.delivery end,
              link_expires_at = case when email.is_current then ? else u.link_expires_at end,
              next_reminder_at = case when email.is_current then ? else u.next_reminder_at end,
              due_at = case when email.is_current then ? else u.due_at end
         from "user", email, (values (?::int)) sent (count)
        where u.id = "user".id
     ), told as (
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
  return standing;
}
