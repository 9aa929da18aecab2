import type { EmailNumber } from '../db/queries/read-invitation.ts';
import type { Actor, ConfirmationStatus } from '../workflows/vocabulary.ts';
import type { Dependencies } from './dependencies.ts';
import { composeInvitation } from './email/compose-invitation.ts';
import { prepareInvitationEmail } from './prepare-invitation-email.ts';
import { type FinalAnswer, recordDeferred, recordFinalAnswer } from './record-delivery.ts';
import type { OlderRecord } from './record-ignored-signal.ts';
import { sendAndRecord } from './send-and-record.ts';

export interface InvitationEmailOrder extends EmailNumber {
  /** Who asked for this generation; absent for the first one. */
  requestedBy?: Actor;
}

export type InvitationEmailResult =
  /** The mail server has answered for good; the dates (ISO 8601) are when the workflow has to act next. */
  | { delivery: 'sent' | 'bounced'; linkExpiresAt: string; nextReminderAt: string | null }
  /** The person confirmed or was deactivated, or a later generation took over, or the record is older than the order: nothing was sent. */
  | { delivery: 'not_applicable'; confirmationStatus: ConfirmationStatus; olderRecord?: OlderRecord };

/**
 * Mails one invitation e-mail and records what became of it.
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
  return sendAndRecord(mailer, composeInvitation(dependencies, prepared), {
    accepted: () => record({ delivery: 'sent', reply: null }),
    refused: (reply) => record({ delivery: 'bounced', reply }),
    deferred: (reply) => recordDeferred(database, prepared.email.id, reply),
  });
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
