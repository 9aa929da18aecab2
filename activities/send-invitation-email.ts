import { activityInfo } from '@temporalio/activity';
import type { EmailNumber } from '../db/queries/read-invitation.ts';
import { type Actor, type ConfirmationStatus, SEND_MAX_INTERVAL_SECONDS } from '../workflows/vocabulary.ts';
import type { Dependencies } from './dependencies.ts';
import { composeInvitation } from './email/compose-invitation.ts';
import { type PreparedEmail, prepareInvitationEmail } from './prepare-invitation-email.ts';
import { type FinalAnswer, GAVE_UP, recordDeferred, recordFinalAnswer } from './record-delivery.ts';
import type { OlderRecord } from './record-ignored-signal.ts';
import { sendAndRecord } from './send-and-record.ts';

export interface InvitationEmailOrder extends EmailNumber {
  /** Who asked for this generation; absent for the first one. */
  requestedBy?: Actor;
}

export type InvitationEmailResult =
  /** The mail server has answered for good; the dates (ISO 8601) are when the workflow has to act next. */
  | { delivery: 'sent' | 'bounced'; linkExpiresAt: string; nextReminderAt: string | null }
  /** The portal's reminders were changed since: nothing was sent. */
  | { delivery: 'not_due'; linkExpiresAt: string; nextReminderAt: string | null }
  /** The link of a reminder has expired before it was sent: nothing was sent. */
  | { delivery: 'out_of_time'; linkExpiresAt: string; nextReminderAt: null }
  /** The person confirmed or was deactivated, or a later generation took over, or the record is older than the order: nothing was sent. */
  | { delivery: 'not_applicable'; confirmationStatus: ConfirmationStatus; olderRecord?: OlderRecord };

/**
 * Mails one invitation e-mail and records what became of it. One that the mail server has put off for as long as the portal
 * retries it is given up: it counts as bounced.
 *
 * Safe to repeat: the e-mail's row fixes Message-ID, Date and link before anything is sent, so that a crash between the
 * mail server's 250 and our record yields at worst an identical copy; once recorded, repeating sends nothing.
 *
 * @throws ApplicationFailure `EmailDeferred` (retryable) on SMTP 4xx or an unknown outcome
 * @throws ApplicationFailure `PortalUserErased` (not retryable)
 */
export async function sendInvitationEmail(
  dependencies: Dependencies,
  order: InvitationEmailOrder,
): Promise<InvitationEmailResult> {
  const prepared = await prepareInvitationEmail(dependencies, order);
  if ('result' in prepared) return prepared.result;

  const { database, mailer } = dependencies;
  const record = async (answer: FinalAnswer) =>
    (await recordFinalAnswer(database, prepared, answer)) ?? alreadyAnswered(dependencies, order);
  const message = { ...composeInvitation(dependencies, prepared), portalId: prepared.portal.id };
  return sendAndRecord(mailer, message, {
    accepted: () => record({ delivery: 'sent', reply: null }),
    refused: (reply) => record({ delivery: 'bounced', reply }),
    deferred: async (reply) => {
      if (isGivenUp(prepared)) return record({ delivery: 'bounced', reply, reason: GAVE_UP });
      await recordDeferred(database, prepared.email.id, { reply, retryAt: retriedBy(prepared) });
      return undefined;
    },
  });
}

/** A first e-mail is retried for as long as the portal says; a reminder as long as its link is good. */
function isGivenUp({ email, user, portal, now }: PreparedEmail): boolean {
  const end = email.reminder === 0 ? email.queuedAt.getTime() + portal.giveUpAfterSeconds * 1_000 : user.linkExpiresAt;
  return end !== null && Number(end) <= now().getTime();
}

/** Temporal's retry, and what a busy worker takes to begin it. */
const RETRY_SLACK_SECONDS = 30;

/** When Temporal has retried this attempt by: the retry policy is that of `workflows/activity-policies.ts`. */
function retriedBy({ now }: PreparedEmail): Date {
  const delaySeconds = Math.min(2 ** (activityInfo().attempt - 1), SEND_MAX_INTERVAL_SECONDS);
  return new Date(now().getTime() + (delaySeconds + RETRY_SLACK_SECONDS) * 1_000);
}

/** What another attempt has recorded, or that there is nobody left. */
async function alreadyAnswered(
  dependencies: Dependencies,
  order: InvitationEmailOrder,
): Promise<InvitationEmailResult> {
  const prepared = await prepareInvitationEmail(dependencies, order);
  if ('result' in prepared) return prepared.result;
  throw new Error(`E-mail ${prepared.email.id} was answered, and has no answer`);
}
