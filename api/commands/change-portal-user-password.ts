import type { Contact, Portal } from '../../db/entities/index.ts';
import { invalidFields } from '../problem.ts';
import type { OwnPassword } from '../schemas/operator.ts';
import type { Services } from '../services.ts';
import { checkPortalUserPassword } from './check-portal-user-password.ts';
import { replacePortalUserPassword, requireGoodPortalPassword } from './replace-portal-user-password.ts';

interface Circumstances {
  /** Counts that somebody types a password before it is checked; what it returns takes that back once it was the right one. */
  countAttempt(): Promise<() => Promise<void>>;
}

/**
 * A portal user's new password, where they know the current one. Every browser that is signed in as them is signed out: the caller
 * begins a new session in this one.
 *
 * @returns the portal user as they were when the current password was checked, with the new password's hash
 * @throws Problem `invalid_request` where the current password is wrong
 * @throws Problem `password_refused`
 */
export async function changePortalUserPassword(
  services: Services,
  portal: Portal,
  contact: Contact,
  typed: OwnPassword,
  { countAttempt }: Circumstances,
): Promise<{ id: string; deactivationCount: number; passwordHash: string }> {
  requireGoodPortalPassword(portal, contact, typed);
  const wasRight = await countAttempt();
  const em = services.database.em.fork();
  const holder = await checkPortalUserPassword(em, portal, contact.emailKey, typed.currentPassword);
  if (holder === null) throw wrongPassword();
  await wasRight();
  const passwordHash = await replacePortalUserPassword(services, holder, typed.password, { by: 'account' });
  if (passwordHash === undefined) throw wrongPassword(); // two changes at once
  return { id: holder.id, deactivationCount: holder.deactivationCount, passwordHash };
}

function wrongPassword() {
  return invalidFields([{ field: 'currentPassword', message: 'this is not your current password' }]);
}
