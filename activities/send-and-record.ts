import { activityInfo } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { SendMailOptions } from 'nodemailer';
import pRetry from 'p-retry';
import { FAILURES } from '../workflows/vocabulary.ts';
import type { MailServerAnswer } from './email/mail-server-answer.ts';
import type { Mailer } from './email/mailer.ts';
import { whileHeartbeating } from './while-heartbeating.ts';

/** A mail server's answer is worth some patience: while Postgres restarts, asking again would mail a copy. */
const RECORD_RETRIES = {
  retries: Number.POSITIVE_INFINITY,
  minTimeout: 200,
  maxTimeout: 2_000,
  maxRetryTime: 15_000,
  shouldRetry: ({ error }: { error: Error }) => !(error instanceof ApplicationFailure),
};

/** Above what each attempt waits for its turn, and longer with each, so that those who wait leave the worker to others. */
const BUSY_DELAY_MS = 5_000;
const MAX_BUSY_DELAY_MS = 60_000;

/** Operators' e-mails about their own password belong to no portal; they take turns as those of one portal do. */
export const OF_NO_PORTAL = 'console';

/** A message, and the portal that it counts for, or {@link OF_NO_PORTAL}. */
export interface PortalMessage extends SendMailOptions {
  portalId: string;
}

/** How a mail server's answer is written down. Each is safe to repeat. */
export interface DeliveryRecords<Result> {
  accepted(): Promise<Result>;
  /** @param reply its words, which may name the address */
  refused(reply: string): Promise<Result>;
  /** @returns a result where the e-mail is given up; undefined where it is to be retried */
  deferred(reply: string): Promise<Result | undefined>;
}

/**
 * Hands one message to the mail server, outside any transaction, and writes its answer down.
 *
 * @throws ApplicationFailure `EmailDeferred` (retryable) on SMTP 4xx or an unknown outcome
 * @throws ApplicationFailure `MailServerBusy` (retryable) while too many other e-mails are being sent; nothing was sent
 */
export async function sendAndRecord<Result>(
  mailer: Mailer,
  { portalId, ...message }: PortalMessage,
  records: DeliveryRecords<Result>,
): Promise<Result> {
  return whileHeartbeating(async (signal) => {
    const answer = await mailer.send(message, portalId, signal);
    if (answer.kind === 'busy') throw mailServerBusy();
    // The mail server has put off nothing: a re-invite or the end of this worker cancelled the send.
    if (answer.kind === 'deferred' && signal.aborted) throw deferral('cancelled');
    // Without the signal: who is to stop now must still write down what was sent.
    return pRetry(() => record(answer, records), RECORD_RETRIES);
  });
}

async function record<Result>(answer: MailServerAnswer, records: DeliveryRecords<Result>): Promise<Result> {
  switch (answer.kind) {
    case 'accepted':
      return records.accepted();
    case 'refused':
      return records.refused(answer.reply);
    case 'deferred': {
      const givenUp = await records.deferred(answer.reply);
      if (givenUp !== undefined) return givenUp;
      // The reply may name the address, so it stays in Postgres; only the code crosses to Temporal.
      throw deferral(answer.code);
    }
  }
}

function deferral(code: string): ApplicationFailure {
  return ApplicationFailure.retryable(`Mail server: ${code}`, FAILURES.emailDeferred);
}

/** With jitter, so that those who wait do not return all at once. */
function mailServerBusy(): ApplicationFailure {
  const delay = Math.min(BUSY_DELAY_MS * activityInfo().attempt, MAX_BUSY_DELAY_MS);
  return ApplicationFailure.create({
    message: 'Too many other e-mails are being sent',
    type: FAILURES.mailServerBusy,
    nextRetryDelay: Math.round(delay * (0.5 + Math.random())),
  });
}
