import { raw } from '@mikro-orm/postgresql';
import { ApplicationFailure } from '@temporalio/common';
import { PortalUser, Request } from '../db/entities/index.ts';
import { lockRequestEmail } from '../db/lock-request-email.ts';
import { type EarlierEmail, earlierRequestEmails } from '../db/queries/order-of-request-emails.ts';
import { readClock } from '../db/queries/read-clock.ts';
import { FAILURES } from '../workflows/vocabulary.ts';
import type { Dependencies } from './dependencies.ts';
import type { ThreadedEmail } from './email/compose-request-email.ts';
import type { RequestEmailOrder, RequestEmailResult } from './send-request-email.ts';

/** An earlier e-mail that was not accepted for so long, such as one that a filter always puts off, holds up no other. */
const EARLIER_LIMIT_MS = 60 * 60_000;
/** How soon is looked again whether the earlier e-mail is answered: two quick replies wait for no more than this. */
const LOOK_AGAIN_AFTER = '5 seconds';

export interface PreparedRequestEmail extends ThreadedEmail {
  portalId: string;
  /** Until when it is retried. */
  giveUpAt: Date;
}

/**
 * All that an e-mail about a request is made of; a result instead where there is nothing (more) to send. Safe to repeat.
 *
 * @throws ApplicationFailure `EarlierEmailUnanswered` (retryable) where an earlier e-mail of the request is still on its way
 */
export async function prepareRequestEmail(
  { database }: Pick<Dependencies, 'database'>,
  { requestEmailId }: RequestEmailOrder,
): Promise<PreparedRequestEmail | { result: RequestEmailResult }> {
  return database.em.fork().transactional(async (em) => {
    const email = await lockRequestEmail(em, requestEmailId);
    if (email === null) return { result: { delivery: 'erased' } };
    if (email.answeredAt) return { result: { delivery: email.delivery as RequestEmailResult['delivery'] } };

    const request = await em.findOneOrFail(Request, email.request.id, { populate: ['portal'] });
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
        nextRetryDelay: LOOK_AGAIN_AFTER,
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
