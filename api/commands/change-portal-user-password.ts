import type { Contact, Portal } from '../../db/entities/index.ts';
import { invalidFields } from '../problem.ts';
import type { OwnPassword } from '../schemas/operator.ts';
import type { Services } from '../services.ts';
import { checkPortalUserPassword } from './check-portal-user-password.ts';
import {
  replacePortalUserPassword,
  requireGoodPortalPassword,
  requireSamePassword,
} from './replace-portal-user-password.ts';

interface Circumstances {
  /** Counts an attempt before the check of the passwords that it runs; a result other than null takes the count back. */
  attempt<Result>(check: () => Promise<Result | null>): Promise<Result | null>;
}

/**
 * A portal user's new password, where they know the current one. Every browser that is signed in as them is signed out: the caller
 * begins a new session in this one.
 *
 * @returns the portal user as they were when the current password was checked, with the new password's hash
 * @throws Problem `invalid_request` where the current password is wrong
 * @throws Problem `password_refused`
 * @throws Problem `too_many_attempts`, before any password is judged
 */
export async function changePortalUserPassword(
  services: Services,
  portal: Portal,
  contact: Contact,
  typed: OwnPassword,
  { attempt }: Circumstances,
): Promise<{ id: string; deactivationCount: number; passwordHash: string }> {
  requireSamePassword(typed);
  const holder = await attempt(async () => {
    await requireGoodPortalPassword(services, portal, contact, typed.password);
    return checkPortalUserPassword(services.database.em.fork(), portal, contact.emailKey, typed.currentPassword);
  });
  if (holder === null) throw wrongPassword();
  const passwordHash = await replacePortalUserPassword(services, holder, typed.password, { by: 'account' });
  if (passwordHash === undefined) throw wrongPassword(); // two changes at once
  return { id: holder.id, deactivationCount: holder.deactivationCount, passwordHash };
}

function wrongPassword() {
  return invalidFields([{ field: 'currentPassword', message: 'this is not your current password' }]);
}
