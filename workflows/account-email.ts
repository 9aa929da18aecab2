import type { AccountEmailOrder, AccountEmailResult } from '../activities/send-account-email.ts';
import { sendAccountEmail } from './activity-policies.ts';

/**
 * One e-mail about the account of an operator or a portal user. Its row in Postgres says what is in it and whether it was
 * sent; the activity is retried until the mail server accepts or refuses it, or its link is dead.
 */
export async function accountEmail(order: AccountEmailOrder): Promise<AccountEmailResult> {
  return sendAccountEmail(order);
}
