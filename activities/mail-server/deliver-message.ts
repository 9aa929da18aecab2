import { activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { SendMailOptions } from 'nodemailer';
import pRetry from 'p-retry';
import { FAILURES } from '../../vocabulary/workflows.ts';
import type { Mailer } from './mailer.ts';
import type { SmtpReply } from './smtp-reply.ts';

/** While Postgres restarts, the record is retried for a while: a retry of the whole activity would send a copy. */
const RECORD_RETRIES = {
  retries: Number.POSITIVE_INFINITY,
  minTimeout: 200,
  maxTimeout: 2_000,
  maxRetryTime: 15_000,
  shouldRetry: ({ error }: { error: Error }) => !(error instanceof ApplicationFailure),
};

/** Longer than an attempt waits for its turn, and longer with each attempt, so that waiting e-mails leave the worker to others. */
const BUSY_DELAY_MS = 5_000;
const MAX_BUSY_DELAY_MS = 60_000;

/** In place of a portal's id for operators' e-mails about their own password, which share a limit as those of a portal do. */
export const NO_PORTAL = 'console';

/** Record the mail server's reply. Each is safe to repeat. */
export interface ReplyHandlers<Result> {
  accepted(): Promise<Result>;
  /** SMTP 5xx. @param reply its text, which may name the address */
  refused(reply: string): Promise<Result>;
  /** SMTP 4xx, or no reply. @returns a result where the e-mail is not retried any more; undefined where it is */
  deferred(reply: string): Promise<Result | undefined>;
}

/**
 * Sends one message to the mail server, outside any transaction, and records the reply.
 *
 * @param portalId whose limit of sends it counts for, or {@link NO_PORTAL}
 * @throws ApplicationFailure `EmailDeferred` (retryable) on SMTP 4xx or an unknown outcome
 * @throws ApplicationFailure `MailServerBusy` (retryable) while too many other e-mails are being sent; nothing was sent
 */
export async function deliverMessage<Result>(
  mailer: Mailer,
  message: SendMailOptions,
  portalId: string,
  handlers: ReplyHandlers<Result>,
): Promise<Result> {
  return whileHeartbeating(async (signal) => {
    const reply = await mailer.send(message, portalId, signal);
    if (reply.kind === 'busy') throw mailServerBusy();
    // The mail server has deferred nothing: a re-invite or the end of this worker cancelled the send.
    if (reply.kind === 'deferred' && signal.aborted) throw deferral('cancelled');
    // Without the signal: a worker that is to stop now must still record what was sent.
    return pRetry(() => record(reply, handlers), RECORD_RETRIES);
  });
}

async function record<Result>(reply: SmtpReply, handlers: ReplyHandlers<Result>): Promise<Result> {
  switch (reply.kind) {
    case 'accepted':
      return handlers.accepted();
    case 'refused':
      return handlers.refused(reply.reply);
    case 'deferred': {
      const result = await handlers.deferred(reply.reply);
      if (result !== undefined) return result;
      // The text may name the address, so it stays in Postgres; only the code crosses to Temporal.
      throw deferral(reply.code);
    }
  }
}

function deferral(code: string): ApplicationFailure {
  return ApplicationFailure.retryable(`Mail server: ${code}`, FAILURES.emailDeferred);
}

/** With jitter, so that waiting e-mails are not retried all at once. */
function mailServerBusy(): ApplicationFailure {
  const delay = Math.min(BUSY_DELAY_MS * activityInfo().attempt, MAX_BUSY_DELAY_MS);
  return ApplicationFailure.create({
    message: 'Too many other e-mails are being sent',
    type: FAILURES.mailServerBusy,
    nextRetryDelay: Math.round(delay * (0.5 + Math.random())),
  });
}

/** Several within the heartbeat timeout of every activity that uses it. */
const INTERVAL_MS = 3_000;

/** Tells Temporal, as long as `work` takes, that this worker is alive. The signal fires when it is to stop. */
export async function whileHeartbeating<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const beating = setInterval(heartbeat, INTERVAL_MS);
  try {
    return await work(cancellationSignal());
  } finally {
    clearInterval(beating);
  }
}
