import { raw } from '@mikro-orm/postgresql';
import { ApplicationFailure } from '@temporalio/common';
import type { SendMailOptions } from 'nodemailer';
import type { Database } from '../../db/database.ts';
import { readClock } from '../../db/database.ts';
import { PortalRequest, PortalUser, type RequestEmail } from '../../db/entities/index.ts';
import { lockRequestEmail } from '../../db/locks.ts';
import { type EarlierEmail, earlierRequestEmails } from '../../db/queries/list-emails.ts';
import { requestEmailWords } from '../../email/request-email.ts';
import { FAILURES } from '../../vocabulary/workflows.ts';
import type { RequestEmailOrder, RequestEmailResult } from '../contracts.ts';
import type { Dependencies } from '../dependencies.ts';
import { deliverMessage } from '../mail-server/deliver-message.ts';
import { messageHeaders, messageId } from '../mail-server/message-headers.ts';

/**
 * Sends one e-mail about a request, after the request's earlier ones, and records the mail server's reply. An e-mail that the
 * mail server has deferred for as long as the portal retries it counts as bounced.
 *
 * Safe to repeat: the e-mail's row fixes all its bytes, so that a crash between the mail server's 250 and our record yields
 * at worst an identical copy; once recorded, repeating sends nothing.
 *
 * @throws ApplicationFailure `EmailDeferred` (retryable) on SMTP 4xx or an unknown outcome
 * @throws ApplicationFailure `EarlierEmailUnanswered` (retryable) while an earlier e-mail of the request is on its way
 */
export async function sendRequestEmail(
  dependencies: Pick<Dependencies, 'database' | 'mailer' | 'mailFrom'>,
  order: RequestEmailOrder,
): Promise<RequestEmailResult> {
  const prepared = await prepareRequestEmail(dependencies, order);
  if ('result' in prepared) return prepared.result;

  const { database, mailer, mailFrom } = dependencies;
  const { id } = prepared.email;
  return deliverMessage(mailer, requestEmailMessage(mailFrom, prepared), prepared.portalId, {
    accepted: () => recordRequestDelivery(database, id, { delivery: 'sent', reply: null }),
    refused: (reply) => recordRequestDelivery(database, id, { delivery: 'bounced', reply }),
    deferred: async (reply) => {
      if (prepared.giveUpAt <= (await readClock(database.em.fork())))
        return recordRequestDelivery(database, id, { delivery: 'bounced', reply });
      await recordRequestEmailDeferred(database, id, reply);
      return undefined;
    },
  });
}

/** An earlier e-mail that the mail server has not accepted for so long, such as one that a filter always defers, delays no other. */
const EARLIER_LIMIT_MS = 60 * 60_000;
/** When to retry an e-mail that waits for an earlier one: the second of two quick replies waits no longer than this. */
const RETRY_DELAY = '5 seconds';

interface RequestEmailToSend extends ThreadedEmail {
  portalId: string;
  /** Until when it is retried. */
  giveUpAt: Date;
}

/**
 * Reads what an e-mail about a request is made of; returns a result instead where there is nothing to send. Safe to repeat.
 *
 * @throws ApplicationFailure `EarlierEmailUnanswered` (retryable) where an earlier e-mail of the request is still on its way
 */
async function prepareRequestEmail(
  { database }: Pick<Dependencies, 'database'>,
  { requestEmailId }: RequestEmailOrder,
): Promise<RequestEmailToSend | { result: RequestEmailResult }> {
  return database.em.fork().transactional(async (em) => {
    const email = await lockRequestEmail(em, requestEmailId);
    if (email === null) return { result: { delivery: 'erased' } };
    if (email.answeredAt) return { result: { delivery: email.delivery as RequestEmailResult['delivery'] } };

    const request = await em.findOneOrFail(PortalRequest, email.request.id, { populate: ['portal'] });
    const portalUser = await em.findOneOrFail(PortalUser, request.portalUser.id);
    if (portalUser.confirmationStatus === 'deactivated') {
      email.delivery = 'suppressed';
      email.answeredAt = raw<Date>('now()');
      return { result: { delivery: 'suppressed' } };
    }

    const earlier = await earlierRequestEmails(em, email);
    const now = await readClock(em);
    if (earlier.some((other) => isWaitedFor(other, now))) {
      throw ApplicationFailure.create({
        message: 'An earlier e-mail of the request is still on its way',
        type: FAILURES.earlierEmailUnanswered,
        nextRetryDelay: RETRY_DELAY,
      });
    }
    const { id: portalId, giveUpAfterSeconds } = request.portal.getEntity();
    const giveUpAt = new Date(email.queuedAt.getTime() + giveUpAfterSeconds * 1_000);
    return {
      email,
      requestId: request.id,
      earlierIds: earlier.filter((other) => isInThread(other, email)).map(({ id }) => id),
      portalId,
      giveUpAt,
    };
  });
}

/**
 * Whether a thread names an earlier e-mail: not one that was never delivered. What was decided after this e-mail was queued does not
 * count, so that a copy names the same ones.
 */
function isInThread({ delivery, answeredAt }: EarlierEmail, { queuedAt }: Pick<EarlierEmail, 'queuedAt'>): boolean {
  return delivery === 'sent' || !answeredAt || answeredAt > queuedAt;
}

function isWaitedFor({ answeredAt, queuedAt }: EarlierEmail, now: Date): boolean {
  return !answeredAt && queuedAt.getTime() > now.getTime() - EARLIER_LIMIT_MS;
}

/** An e-mail about a request, and where it stands in the request's thread. */
export interface ThreadedEmail {
  email: Pick<RequestEmail, 'id' | 'toAddress' | 'content' | 'queuedAt'> & Partial<Pick<RequestEmail, 'rendered'>>;
  requestId: string;
  /** Ids of the request's earlier e-mails, oldest first. */
  earlierIds: string[];
}

/** Mail servers refuse headers that are too large; mail programs keep a thread together by its root and so many references. */
const MOST_REFERENCES = 100;

/**
 * The message of one e-mail about a request, in one thread with the others (RFC 5322, section 3.6.4): each follows the one
 * before, the first a message that nobody ever sent and that stands for the request itself. The same rows always give the
 * same bytes.
 */
export function requestEmailMessage(
  mailFrom: string,
  { email, requestId, earlierIds }: ThreadedEmail,
): SendMailOptions {
  const references = [requestId, ...earlierIds.slice(-MOST_REFERENCES)].map((id) => messageId(mailFrom, id));
  return {
    ...requestEmailWords(email),
    ...messageHeaders(mailFrom, email),
    inReplyTo: references.at(-1)!,
    references,
  };
}

/** Records the mail server's final reply to an e-mail about a request; the first record stays. Safe to repeat. */
export async function recordRequestDelivery(
  database: Database,
  emailId: string,
  { delivery, reply }: { delivery: 'sent' | 'bounced'; reply: string | null },
): Promise<RequestEmailResult> {
  const row = await changeUnlessFinal(database, emailId, (email) => {
    email.delivery = delivery;
    email.reply = reply;
    email.answeredAt = raw<Date>('now()');
  });
  return { delivery: row === null ? 'erased' : (row.delivery as RequestEmailResult['delivery']) };
}

/** Records a temporary failure, unless another attempt has the final reply. Safe to repeat. */
export async function recordRequestEmailDeferred(database: Database, emailId: string, reply: string): Promise<void> {
  await changeUnlessFinal(database, emailId, (email) => {
    email.delivery = 'deferred';
    email.reply = reply;
  });
}

/** @returns the e-mail as it is then; null where it was erased meanwhile */
async function changeUnlessFinal(
  database: Database,
  emailId: string,
  change: (email: RequestEmail) => void,
): Promise<RequestEmail | null> {
  return database.em.fork().transactional(async (em) => {
    const email = await lockRequestEmail(em, emailId);
    if (email !== null && !email.answeredAt) change(email);
    return email;
  });
}
