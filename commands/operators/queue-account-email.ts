import { AccountEmail } from '../../db/entities/index.ts';
import { prerenderAccountEmail } from '../../email/account-email.ts';
import type { CommandServices } from '../services.ts';
import { callNowOrByHousekeeping } from '../temporal-outages.ts';
import type { UnitOfWork } from '../transaction.ts';

type NewAccountEmail = Pick<AccountEmail, 'kind' | 'toAddress' | 'content'> &
  Partial<Pick<AccountEmail, 'generation'>> & { membership?: string; operator?: string; portalUser?: string };

/**
 * Inserts an e-mail about an account in the transaction of its cause, and has it sent after the commit; if Temporal is down,
 * once it is back.
 */
export async function queueAccountEmail(
  { em, afterCommit }: UnitOfWork,
  services: CommandServices,
  email: NewAccountEmail,
): Promise<AccountEmail> {
  const row = em.create(AccountEmail, { ...email, rendered: prerenderAccountEmail(email.content, services.publicUrl) });
  await em.flush();
  afterCommit(() =>
    callNowOrByHousekeeping(services, { accountEmailId: row.id }, () => services.accountEmails.start(row.id)),
  );
  return row;
}
