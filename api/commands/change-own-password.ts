import type { Operator } from '../../db/entities/index.ts';
import { invalidFields } from '../problem.ts';
import type { OwnPassword } from '../schemas/operator.ts';
import type { Services } from '../services.ts';
import { inTransaction } from '../unit-of-work.ts';
import { checkOperatorPassword } from './check-operator-password.ts';
import {
  hashNewOperatorPassword,
  replaceOperatorPassword,
  requireGoodNewPassword,
} from './replace-operator-password.ts';

interface Circumstances {
  /** What a guesser would try first, besides the address: the operator's and the portals' names. */
  ownWords: string[];
  /** Counts an attempt before the check of the passwords that it runs; a result other than null takes the count back. */
  attempt<Result>(check: () => Promise<Result | null>): Promise<Result | null>;
}

/**
 * An operator's new password. Every browser that is signed in as them is signed out: the caller begins a new session in this one.
 *
 * @returns the new password's hash
 * @throws Problem `invalid_request` where the current password is wrong
 * @throws Problem `password_refused`
 * @throws Problem `too_many_attempts`, before any password is judged
 */
export async function changeOwnPassword(
  services: Services,
  { email, emailKey }: Operator,
  { currentPassword, ...typed }: OwnPassword,
  { ownWords, attempt }: Circumstances,
): Promise<string> {
  const operator = await attempt(async () => {
    await requireGoodNewPassword(services, emailKey, typed, [email, ...ownWords]);
    return checkOperatorPassword(services.database.em.fork(), emailKey, currentPassword);
  });
  if (operator === null) throw wrongPassword();
  const newHash = await hashNewOperatorPassword(typed.password, operator.passwordHash);
  await inTransaction(services.database, async (unit) => {
    // Two changes at once: the second one's current password is no longer that.
    if (!(await replaceOperatorPassword(unit, services, { ...operator, email }, newHash, 'account')))
      throw wrongPassword();
  });
  return newHash;
}

function wrongPassword() {
  return invalidFields([{ field: 'currentPassword', message: 'this is not your current password' }]);
}
