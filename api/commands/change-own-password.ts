import { Operator } from '../../db/entities/index.ts';
import { hashPassword, passwordRefused, requireGoodPassword } from '../password.ts';
import { invalidFields } from '../problem.ts';
import type { OwnPassword } from '../schemas/operator.ts';
import type { Services } from '../services.ts';
import { countPasswordChoice } from '../sign-in/password-choice-limit.ts';
import { inTransaction } from '../unit-of-work.ts';
import { checkOperatorPassword } from './check-operator-password.ts';
import { endSessions } from './end-sessions.ts';
import { recordOwnChange } from './record-own-change.ts';

interface Circumstances {
  /** What a guesser would try first, besides name and address: the portals' names. */
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
  { id, email, emailKey, name }: Operator,
  { currentPassword, password, passwordAgain }: OwnPassword,
  { ownWords, attempt }: Circumstances,
): Promise<string> {
  if (password !== passwordAgain) throw passwordRefused('passwords_differ', 'The two passwords are not the same.');
  const operator = await attempt(async () => {
    await countPasswordChoice(services, 'console', emailKey);
    await requireGoodPassword(password, [email, name, ...ownWords]);
    return checkOperatorPassword(services.database.em.fork(), emailKey, currentPassword);
  });
  if (operator === null) throw wrongPassword();
  const passwordHash = await hashPassword(password);

  await inTransaction(services.database, async ({ em }) => {
    // Two changes at once: the second one's current password is no longer that.
    const replaced = { id, passwordHash: operator.passwordHash };
    if ((await em.nativeUpdate(Operator, replaced, { passwordHash })) === 0) throw wrongPassword();
    await recordOwnChange(em, id, 'password');
    await endSessions(em, id);
  });
  return passwordHash;
}

function wrongPassword() {
  return invalidFields([{ field: 'currentPassword', message: 'this is not your current password' }]);
}
