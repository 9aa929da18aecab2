import type { Invitation } from '../../db/queries/read-invitation.ts';
import type { InvitationEmailResult } from '../contracts.ts';

/** What the workflow waits for next. */
export interface Deadlines {
  linkExpiresAt: Date;
  nextReminderAt: Date | null;
}

/** An e-mail with a final result. */
interface FinalEmail {
  /** When the mail server accepted or refused the first e-mail of the generation. */
  startedAt: Date;
  /** When the mail server accepted or refused this e-mail. */
  answeredAt: Date;
  reminder: number;
  delivery: 'sent' | 'bounced';
}

/**
 * What the workflow waits for after the e-mail number `reminder` of the current generation. Everything counts from
 * `startedAt`, so that an outage of the mail server costs the invitee nothing.
 * A link that was mailed keeps its validity, whatever the portal's settings say later.
 */
export function deadlines(
  { user, portal }: Pick<Invitation, 'user' | 'portal'>,
  { startedAt, answeredAt, reminder, delivery }: FinalEmail,
): Deadlines {
  const startsAt = startedAt.getTime();
  const expiresAt = user.linkExpiresAt?.getTime() ?? startsAt + portal.linkValiditySeconds * 1000;
  const remindersAt = reminderTimes(portal, startedAt, reminder);
  // A reminder whose time passed before this e-mail was accepted is left out: it would be sent at once.
  const nextAt = remindersAt.find((at) => at > answeredAt.getTime()) ?? Number.POSITIVE_INFINITY;

  // A recipient whose mail server refused the e-mail gets no reminder, unless somebody re-invites them.
  const reminds = delivery !== 'bounced' && nextAt < expiresAt;
  return { linkExpiresAt: new Date(expiresAt), nextReminderAt: reminds ? new Date(nextAt) : null };
}

/**
 * What the workflow waits for in place of a reminder whose time has come, where the portal's reminders were changed since the time was
 * set: a later reminder, or only the link's expiry. Undefined where the reminder is due.
 *
 * The time that was set is compared first, so that clocks which differ do not put a reminder off again and again.
 */
export function changedReminder(
  { user, portal, startedAt, now }: Pick<Invitation, 'user' | 'portal' | 'startedAt' | 'now'>,
  reminder: number,
): Deadlines | undefined {
  const linkExpiresAt = user.linkExpiresAt;
  if (startedAt === null || !linkExpiresAt) return undefined;
  const times = reminderTimes(portal, startedAt, reminder - 1);
  const isDue = (time: number) => time === user.nextReminderAt?.getTime() || time <= now().getTime();
  if (times.some(isDue)) return undefined;
  const next = times.find((time) => time < linkExpiresAt.getTime());
  return { linkExpiresAt, nextReminderAt: next === undefined ? null : new Date(next) };
}

/** When the reminders after the first `sent` ones are due, by the portal's settings of now. */
function reminderTimes({ remindersAfterSeconds }: Invitation['portal'], startedAt: Date, sent: number): number[] {
  return remindersAfterSeconds.slice(sent).map((seconds) => startedAt.getTime() + seconds * 1000);
}

/** {@link deadlines} for the workflow, to which dates are ISO 8601. */
export function invitationEmailResult(
  delivery: 'sent' | 'bounced' | 'not_due',
  { linkExpiresAt, nextReminderAt }: Deadlines,
): InvitationEmailResult {
  return {
    delivery,
    linkExpiresAt: linkExpiresAt.toISOString(),
    nextReminderAt: nextReminderAt?.toISOString() ?? null,
  };
}
