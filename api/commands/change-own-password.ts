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
  /** Id of the session that goes on. */
  keptSession: string;
  /** Counts that somebody types a password before it is checked; what it returns takes that back once it was the right one. */
  countAttempt(): Promise<() => Promise<void>>;
}

/**
 * An operator's new password. Every other browser that is signed in as them is signed out.
 *
 * @throws Problem `invalid_request` where the current password is wrong
 * @throws Problem `password_refused`
 */
export async function changeOwnPassword(
  services: Services,
  { email, emailKey }: Operator,
  { currentPassword, ...typed }: OwnPassword,
  { ownWords, keptSession, countAttempt }: Circumstances,
): Promise<void> {
  await requireGoodNewPassword(typed, [email, ...ownWords]);
  const wasRight = await countAttempt();
  const operator = await checkOperatorPassword(services.database.em.fork(), emailKey, currentPassword);
  if (operator === null) throw wrongPassword();
  await wasRight();
  const newHash = await hashNewOperatorPassword(typed.password, operator.passwordHash);
  await inTransaction(services.database, async (unit) => {
    // Two changes at once: the second one's current password is no longer that.
    const owner = { ...operator, email };
    const how = { by: 'account', keptSession } as const;
    if (!(await replaceOperatorPassword(unit, services, owner, newHash, how))) throw wrongPassword();
  });
}

function wrongPassword() {
  return invalidFields([{ field: 'currentPassword', message: 'this is not your current password' }]);
}
