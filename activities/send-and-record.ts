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

/** How a mail server's answer is written down. Each is safe to repeat. */
export interface DeliveryRecords<Result> {
  accepted(): Promise<Result>;
  /** @param reply its words, which may name the address */
  refused(reply: string): Promise<Result>;
  deferred(reply: string): Promise<void>;
}

/**
 * Hands one message to the mail server, outside any transaction, and writes its answer down.
 *
 * @throws ApplicationFailure `EmailDeferred` (retryable) on SMTP 4xx or an unknown outcome
 */
export async function sendAndRecord<Result>(
  mailer: Mailer,
  message: SendMailOptions,
  records: DeliveryRecords<Result>,
): Promise<Result> {
  return whileHeartbeating(async (signal) => {
    const answer = await mailer.send(message, signal);
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
    case 'deferred':
      await records.deferred(answer.reply);
      // The reply may name the address, so it stays in Postgres; only the code crosses to Temporal.
      throw ApplicationFailure.retryable(`Mail server: ${answer.code}`, FAILURES.emailDeferred);
  }
}
