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
  /** Id of the session that goes on. */
  keptSession: string;
  /** Counts an attempt before the check of the passwords that it runs; a result other than null takes the count back. */
  attempt<Result>(check: () => Promise<Result | null>): Promise<Result | null>;
}

/**
 * A portal user's new password, where they know the current one. Every other browser that is signed in as them is signed out.
 *
 * @throws Problem `invalid_request` where the current password is wrong
 * @throws Problem `password_refused`
 * @throws Problem `too_many_attempts`, before any password is judged
 */
export async function changePortalUserPassword(
  services: Services,
  portal: Portal,
  contact: Contact,
  typed: OwnPassword,
  { keptSession, attempt }: Circumstances,
): Promise<void> {
  requireSamePassword(typed);
  const holder = await attempt(async () => {
    await requireGoodPortalPassword(services, portal, contact, typed.password);
    return checkPortalUserPassword(services.database.em.fork(), portal, contact.emailKey, typed.currentPassword);
  });
  if (holder === null) throw wrongPassword();
  const isReplaced = await replacePortalUserPassword(services, holder, typed.password, { by: 'account', keptSession });
  if (!isReplaced) throw wrongPassword(); // two changes at once
}

function wrongPassword() {
  return invalidFields([{ field: 'currentPassword', message: 'this is not your current password' }]);
}
