import { AccountEmail } from '../../db/entities/index.ts';
import type { Services } from '../services.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import { nowOrLater } from './now-or-later.ts';

type NewAccountEmail = Pick<AccountEmail, 'kind' | 'toAddress' | 'content'> &
  Partial<Pick<AccountEmail, 'generation'>> & { membership?: string; operator?: string; portalUser?: string };

/**
 * Inserts an e-mail about an account in the transaction of its cause, and has it sent after the commit; if Temporal is down,
 * once it is back.
 */
export async function queueAccountEmail(
  { em, afterCommit }: UnitOfWork,
  services: Services,
  email: NewAccountEmail,
): Promise<AccountEmail> {
  const row = em.create(AccountEmail, email);
  await em.flush();
  afterCommit(() => nowOrLater(services, { accountEmailId: row.id }, () => services.accountEmails.start(row.id)));
  return row;
}
