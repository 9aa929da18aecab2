import { LockMode, raw } from '@mikro-orm/postgresql';
import type { SendMailOptions } from 'nodemailer';
import type { Database } from '../../db/database.ts';
import { readClock } from '../../db/database.ts';
import { AccountEmail } from '../../db/entities/index.ts';
import { accountEmailWords } from '../../email/account-email.ts';
import { operatorInvitationToken } from '../../links/operator-link-token.ts';
import type { AccountEmailOrder, AccountEmailResult } from '../contracts.ts';
import type { Dependencies } from '../dependencies.ts';
import { deliverMessage, NO_PORTAL } from '../mail-server/deliver-message.ts';
import { messageHeaders } from '../mail-server/message-headers.ts';

/** How long an e-mail without a link of its own is retried. */
const GIVE_UP_AFTER_MS = 7 * 86_400_000;

/**
 * Sends one e-mail about an account, and records the mail server's reply. An operator's invitation is not sent once its link is
 * dead, and a deactivated portal user is sent nothing.
 *
 * Safe to repeat: the rows fix all its bytes, so that a crash between the mail server's 250 and our record yields at worst an
 * identical copy; once recorded, repeating sends nothing.
 *
 * @throws ApplicationFailure `EmailDeferred` (retryable) on SMTP 4xx or an unknown outcome
 */
export async function sendAccountEmail(
  dependencies: Pick<Dependencies, 'database' | 'mailer' | 'linkKeys' | 'publicUrl' | 'mailFrom'>,
  { accountEmailId: id }: AccountEmailOrder,
): Promise<AccountEmailResult> {
  const { database, mailer } = dependencies;
  const em = database.em.fork();
  const email = await em.findOne(AccountEmail, id, { populate: ['membership', 'portalUser'] });
  if (email === null) return { delivery: 'erased' };
  if (email.answeredAt) return resultOf(email);
  const membership = email.membership?.getEntity() ?? null;
  const portalUser = email.portalUser?.getEntity() ?? null;
  const end = membership?.linkExpiresAt?.getTime() ?? email.queuedAt.getTime() + GIVE_UP_AFTER_MS;
  const isNeeded =
    end > (await readClock(em)).getTime() &&
    (membership === null || (membership.generation === email.generation && !membership.acceptedAt)) &&
    portalUser?.confirmationStatus !== 'deactivated';
  if (!isNeeded) return record(database, id, { delivery: 'suppressed' });

  const portalId = (membership ?? portalUser)?.portal.id ?? NO_PORTAL;
  return deliverMessage(mailer, accountEmailMessage(dependencies, email), portalId, {
    accepted: () => record(database, id, { delivery: 'sent', reply: null }),
    refused: (reply) => record(database, id, { delivery: 'bounced', reply }),
    deferred: async (reply) => {
      await changeUnlessFinal(database, id, { delivery: 'deferred', reply });
      return undefined;
    },
  });
}

/** Records the final result; the first record stays. Safe to repeat. */
async function record(
  database: Database,
  id: string,
  outcome: { delivery: AccountEmail['delivery']; reply?: string | null },
): Promise<AccountEmailResult> {
  return resultOf(await changeUnlessFinal(database, id, { ...outcome, answeredAt: raw<Date>('now()') }));
}

/** @returns the e-mail as it is then; null where it was erased meanwhile */
async function changeUnlessFinal(
  database: Database,
  id: string,
  change: Partial<Pick<AccountEmail, 'delivery' | 'reply' | 'answeredAt'>>,
): Promise<AccountEmail | null> {
  return database.em.fork().transactional(async (em) => {
    const email = await em.findOne(AccountEmail, id, { lockMode: LockMode.PESSIMISTIC_WRITE });
    if (email !== null && !email.answeredAt) em.assign(email, change);
    return email;
  });
}

function resultOf(email: AccountEmail | null): AccountEmailResult {
  return { delivery: (email?.delivery as AccountEmailResult['delivery']) ?? 'erased' };
}

/**
 * The message of one e-mail about an account. The same rows always give the same bytes.
 *
 * @param email with its membership loaded, where it has one
 */
function accountEmailMessage(
  { linkKeys, publicUrl, mailFrom }: Pick<Dependencies, 'linkKeys' | 'publicUrl' | 'mailFrom'>,
  email: AccountEmail,
): SendMailOptions {
  const { content, membership, generation } = email;
  const token =
    content.kind === 'operatorInvitation'
      ? operatorInvitationToken(linkKeys, membership!.getEntity(), generation!)
      : '';
  return { ...accountEmailWords(email, publicUrl, token), ...messageHeaders(mailFrom, email) };
}
