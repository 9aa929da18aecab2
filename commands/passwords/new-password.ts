import type { Contact, Portal } from '../../db/entities/index.ts';
import { invalidFields, type Refusal } from '../../vocabulary/refusal.ts';
import type { CommandServices } from '../services.ts';
import { countPasswordChoice } from '../sign-in/guess-limits.ts';
import type { SignInArea } from '../sign-in/rate-limiter.ts';
import { passwordProblem, requireGoodPassword } from './password.ts';

/** A new password as a person types it into a form, where it cannot be seen. */
export interface NewPassword {
  password: string;
  passwordAgain: string;
}

/** The account that a new password is for. */
export interface PasswordAccount {
  area: SignInArea;
  emailKey: string;
  /** What a guesser would try first: address, name, portals. */
  ownWords: string[];
}

export function accountOfPortalUser(portal: Portal, { email, emailKey, name }: Contact): PasswordAccount {
  return { area: `portal_${portal.slug}`, emailKey, ownWords: [email, name, portal.name] };
}

/** @param names the operator's, and those of their portals */
export function accountOfOperator(
  { email, emailKey }: { email: string; emailKey: string },
  names: string[],
): PasswordAccount {
  return { area: 'console', emailKey, ownWords: [email, ...names] };
}

/**
 * Requires a new password that is good enough, typed twice alike. Judging takes CPU, so that an account has a limited number.
 *
 * @throws Refusal `password_refused`, `unavailable`
 */
export async function requireGoodNewPassword(
  services: Pick<CommandServices, 'database'>,
  { area, emailKey, ownWords }: PasswordAccount,
  typed: NewPassword,
): Promise<void> {
  requireSamePassword(typed);
  await countPasswordChoice(services, area, emailKey);
  await requireGoodPassword(typed.password, ownWords);
}

/** @throws Refusal `password_refused` where the second password differs from the first */
export function requireSamePassword({ password, passwordAgain }: NewPassword): void {
  if (password !== passwordAgain) throw passwordProblem('passwords_differ', 'The two passwords are not the same.');
}

/** The refusal of a change of the password for which the current one was typed wrong. */
export function wrongCurrentPassword(): Refusal {
  return invalidFields([{ field: 'currentPassword', message: 'this is not your current password' }]);
}
