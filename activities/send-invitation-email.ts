import { ApplicationFailure } from '@temporalio/common';
import pRetry from 'p-retry';
import { type Actor, type ConfirmationStatus, FAILURES } from '../workflows/vocabulary.ts';
import type { Dependencies } from './dependencies.ts';
import { composeInvitation } from './email/compose-invitation.ts';
import type { MailServerAnswer } from './email/mail-server-answer.ts';
import { prepareInvitationEmail } from './prepare-invitation-email.ts';
import { recordAccepted, recordDeferred, recordRefused } from './record-delivery.ts';
import { whileHeartbeating } from './while-heartbeating.ts';

/** A mail server's answer is worth some patience: while Postgres restarts, asking again would mail a copy. */
const RECORD_RETRIES = {
  retries: Number.POSITIVE_INFINITY,
  minTimeout: 200,
  maxTimeout: 2_000,
  maxRetryTime: 15_000,
  shouldRetry: ({ error }: { error: Error }) => !(error instanceof ApplicationFailure),
};

export interface InvitationEmailOrder {
  portalUserId: string;
  generation: number;
  /** 0 for the generation's first e-mail, n for its n-th reminder. */
  reminder: number;
  /** Who asked for this generation; absent for the first one. */
  requestedBy?: Actor;
}

export type InvitationEmailResult =
  /** The mail server has answered for good; the dates (ISO 8601) are when the workflow has to act next. */
  | { delivery: 'sent' | 'bounced'; linkExpiresAt: string; nextReminderAt: string | null }
  /** The person confirmed or was deactivated, or a later generation took over: nothing was sent. */
  | { delivery: 'not_applicable'; confirmationStatus: ConfirmationStatus };

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

  return whileHeartbeating(async (signal) => {
    const answer = await dependencies.mailer.send(composeInvitation(dependencies, prepared), signal);
    // Without the signal: who is to stop now must still write down what was sent.
    return pRetry(() => record(dependencies, prepared.email.id, answer), RECORD_RETRIES);
  });
}

async function record(
  { database }: Dependencies,
  emailId: string,
  answer: MailServerAnswer,
): Promise<InvitationEmailResult> {
  switch (answer.kind) {
    case 'accepted':
      return recordAccepted(database, emailId);
    case 'refused':
      return recordRefused(database, emailId, answer.reply);
    case 'deferred':
      await recordDeferred(database, emailId, answer.reply);
      // The reply may name the address, so it stays in Postgres; only the code crosses to Temporal.
      throw ApplicationFailure.retryable(`Mail server: ${answer.code}`, FAILURES.emailDeferred);
  }
}
