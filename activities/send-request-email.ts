import { readClock } from '../db/queries/read-clock.ts';
import type { Dependencies } from './dependencies.ts';
import { composeRequestEmail } from './email/compose-request-email.ts';
import { prepareRequestEmail } from './prepare-request-email.ts';
import { recordRequestEmailAnswer, recordRequestEmailDeferred } from './record-request-delivery.ts';
import { sendAndRecord } from './send-and-record.ts';

export interface RequestEmailOrder {
  requestEmailId: string;
}

/** What became of the e-mail for good: `suppressed` where the portal user was deactivated first, `erased` where nothing is left of it. */
export interface RequestEmailResult {
  delivery: 'sent' | 'bounced' | 'suppressed' | 'erased';
}

/**
 * Mails one e-mail about a request, after the request's earlier ones, and records what became of it. One that the mail
 * server has put off for as long as the portal retries it is given up: it counts as bounced.
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
  const message = { ...composeRequestEmail(mailFrom, prepared), portalId: prepared.portalId };
  return sendAndRecord(mailer, message, {
    accepted: () => recordRequestEmailAnswer(database, id, { delivery: 'sent', reply: null }),
    refused: (reply) => recordRequestEmailAnswer(database, id, { delivery: 'bounced', reply }),
    deferred: async (reply) => {
      if (prepared.giveUpAt <= (await readClock(database.em.fork())))
        return recordRequestEmailAnswer(database, id, { delivery: 'bounced', reply });
      await recordRequestEmailDeferred(database, id, reply);
      return undefined;
    },
  });
}
