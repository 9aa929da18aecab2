import { raw } from '@mikro-orm/postgresql';
import type { Database } from '../db/database.ts';
import type { RequestEmail } from '../db/entities/index.ts';
import { lockRequestEmail } from '../db/lock-request-email.ts';
import type { RequestEmailResult } from './send-request-email.ts';

/** Records the mail server's final answer to an e-mail about a request; the first one stands. Safe to repeat. */
export async function recordRequestEmailAnswer(
  database: Database,
  emailId: string,
  { delivery, reply }: { delivery: 'sent' | 'bounced'; reply: string | null },
): Promise<RequestEmailResult> {
  const email = await changeUnanswered(database, emailId, (unanswered) => {
    unanswered.delivery = delivery;
    unanswered.reply = reply;
    unanswered.answeredAt = raw<Date>('now()');
  });
  return { delivery: email === null ? 'erased' : (email.delivery as RequestEmailResult['delivery']) };
}

/** Records a temporary failure, unless another attempt has the final answer. Safe to repeat. */
export async function recordRequestEmailDeferred(database: Database, emailId: string, reply: string): Promise<void> {
  await changeUnanswered(database, emailId, (unanswered) => {
    unanswered.delivery = 'deferred';
    unanswered.reply = reply;
  });
}

/** The e-mail as it is then; null where it was erased meanwhile. */
async function changeUnanswered(
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
