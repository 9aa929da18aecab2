import type { PasswordResetOrder, PasswordResetResult } from '../activities/send-password-reset.ts';
import { sendPasswordReset } from './activity-policies.ts';

/**
 * One e-mail to who forgot the password. Whose it is, if anybody's, only the activity looks up; it is tried again until the
 * link that it would mail is dead.
 */
export async function passwordReset(order: PasswordResetOrder): Promise<PasswordResetResult> {
  return sendPasswordReset(order);
}
