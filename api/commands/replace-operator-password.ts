import { operatorPasswordChangedContent } from '../../activities/email/account-email-content.ts';
import { emailKey } from '../../db/email-address.ts';
import { Operator, PortalOperator } from '../../db/entities/index.ts';
import { ACCEPTED } from '../../db/entities/portal-operator.ts';
import { readClock } from '../../db/queries/read-clock.ts';
import { hashPassword, passwordRefused, requireGoodPassword } from '../password.ts';
import type { Services } from '../services.ts';
import { isPassword } from '../sign-in/check-password.ts';
import { countPasswordChoice } from '../sign-in/password-choice-limit.ts';
import { resetFailedSignIns } from '../sign-in/sign-in-limits.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import { endSessions } from './end-sessions.ts';
import { queueAccountEmail } from './queue-account-email.ts';
import { recordOwnChange } from './record-own-change.ts';

/** Whose password is replaced, as it was loaded: null where there is none yet. */
export interface PasswordOwner {
  id: string;
  email: string;
  passwordHash: string | null;
}

/**
 * Judges an operator's new password, a limited number of times.
 *
 * @param key of the operator's address, as {@link emailKey} makes it
 * @param ownWords what a guesser would try first: name, address, portals
 * @throws Problem `password_refused`, `unavailable`
 */
export async function requireGoodNewPassword(
  services: Pick<Services, 'database'>,
  key: string,
  { password, passwordAgain }: { password: string; passwordAgain: string },
  ownWords: string[],
): Promise<void> {
  if (password !== passwordAgain) throw passwordRefused('passwords_differ', 'The two passwords are not the same.');
  await countPasswordChoice(services, 'console', key);
  await requireGoodPassword(password, ownWords);
}

/**
 * The hash of a new password. The current one is refused: somebody else may know it, and it would count as the operator's
 * own from then on.
 *
 * @throws Problem `password_refused`
 */
export async function hashNewOperatorPassword(password: string, currentHash: string | null): Promise<string> {
  if (currentHash !== null && (await isPassword(password, currentHash))) {
    throw passwordRefused('password_unchanged', 'This is the current password. Choose another one.');
  }
  return hashPassword(password);
}

/**
 * Makes a password that an operator chose themselves their password, and signs them out everywhere. They are told by e-mail,
 * unless it is their first one. A link resets the failed sign-ins, so that they can sign in at once.
 *
 * @returns false where the password was replaced a moment ago: nothing is changed then
 */
export async function replaceOperatorPassword(
  unit: UnitOfWork,
  services: Services,
  { id, email, passwordHash }: PasswordOwner,
  newHash: string,
  by: 'link' | 'account',
): Promise<boolean> {
  const { em } = unit;
  const changedAt = await readClock(em);
  const change = { passwordHash: newHash, passwordSetBy: 'self', ...(by === 'link' && { addressProvedAt: changedAt }) };
  if ((await em.nativeUpdate(Operator, { id, passwordHash }, change as never)) === 0) return false;
  await endSessions(em, id);
  if (by === 'link') await resetFailedSignIns(em, 'console', emailKey(email)!);
  if (passwordHash === null) return true;
  const memberships = await em.find(PortalOperator, { operator: id, ...ACCEPTED }, { populate: ['portal'] });
  recordOwnChange(em, memberships as unknown as PortalOperator[], 'password', by === 'link' ? by : undefined);
  await queueAccountEmail(unit, services, {
    kind: 'password_changed',
    operator: id,
    toAddress: email,
    content: operatorPasswordChangedContent(services.publicUrl, { email, changedAt }),
  });
  return true;
}
