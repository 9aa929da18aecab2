import type { EntityManager } from '../../db/database.ts';
import { readClock } from '../../db/database.ts';
import { Operator } from '../../db/entities/index.ts';
import { findMemberships } from '../../db/queries/authorization.ts';
import { operatorPasswordChangedContent } from '../../email/account-email.ts';
import type { OwnPassword } from '../../schemas/operator.ts';
import { emailKey } from '../../vocabulary/email-address.ts';
import { recordOwnChange } from '../operators/change-operator.ts';
import { queueAccountEmail } from '../operators/queue-account-email.ts';
import type { CommandServices } from '../services.ts';
import { endSessions } from '../sign-in/end-sessions.ts';
import { resetFailedSignIns, type SignInOrigin, signInLimits } from '../sign-in/sign-in-limits.ts';
import { inTransaction, type UnitOfWork } from '../transaction.ts';
import { accountOfOperator, requireGoodNewPassword, wrongCurrentPassword } from './new-password.ts';
import { hashPassword, passwordProblem, verifyPassword } from './password.ts';

/** An operator whose password was right, with its hash. */
export interface OperatorWithPassword {
  id: string;
  passwordHash: string;
}

/**
 * The operator with this address who works for a portal, if this is the password. Any other address or password takes as long, by as
 * many queries, and looks the same: null.
 *
 * @throws Refusal `unavailable` where too many are signing in at once
 */
export async function checkOperatorPassword(
  em: EntityManager,
  emailKey: string,
  password: string,
): Promise<OperatorWithPassword | null> {
  const [operator] = await em.execute<{ id: string; passwordHash: string | null }[]>(
    `select id, password_hash as "passwordHash" from operators
      where email_key = ? and exists (
        select from portal_operators where operator_id = operators.id and accepted_at is not null
      )`,
    [emailKey],
  );
  return (await verifyPassword(password, operator?.passwordHash)) ? (operator as OperatorWithPassword) : null;
}

/**
 * Changes the password of an operator who knows the current one. Every browser that is signed in as them is signed out: the caller
 * begins a new session in this one.
 *
 * @param names the operator's, and those of their portals: what a guesser would try first
 * @param origin of the request: wrong current passwords are limited like failed sign-ins
 * @returns the new password's hash
 * @throws Refusal `invalid_request` where the current password is wrong
 * @throws Refusal `password_refused`
 * @throws Refusal `too_many_attempts`, before any password is judged
 */
export async function changeOperatorPassword(
  services: CommandServices,
  operator: Pick<Operator, 'email' | 'emailKey'>,
  names: string[],
  origin: SignInOrigin,
  { currentPassword, ...typed }: OwnPassword,
): Promise<string> {
  const { email, emailKey } = operator;
  const checked = await signInLimits(services, 'console').attempt(origin, emailKey, async () => {
    await requireGoodNewPassword(services, accountOfOperator(operator, names), typed);
    return checkOperatorPassword(services.database.em.fork(), emailKey, currentPassword);
  });
  if (checked === null) throw wrongCurrentPassword();
  const newHash = await hashNewOperatorPassword(typed.password, checked.passwordHash);
  await inTransaction(services.database, async (unit) => {
    const isReplaced = await replaceOperatorPassword(unit, services, { ...checked, email }, newHash, 'account');
    if (!isReplaced) throw wrongCurrentPassword(); // the second of two changes at once
  });
  return newHash;
}

/**
 * The hash of a new password. The current one is refused: somebody else may know it, and it would count as the operator's
 * own from then on.
 *
 * @throws Refusal `password_refused`
 */
export async function hashNewOperatorPassword(password: string, currentHash: string | null): Promise<string> {
  if (currentHash !== null && (await verifyPassword(password, currentHash))) {
    throw passwordProblem('password_unchanged', 'This is the current password. Choose another one.');
  }
  return hashPassword(password);
}

/** An operator whose password is replaced, as loaded: the hash is null where there is none yet. */
export interface PasswordOwner {
  id: string;
  email: string;
  passwordHash: string | null;
}

/**
 * Replaces an operator's password by one that they chose themselves, and signs them out everywhere. They are told by e-mail,
 * unless it is their first one. A link resets the failed sign-ins, so that they can sign in at once.
 *
 * @returns false where the password was replaced a moment ago: nothing is changed then
 */
export async function replaceOperatorPassword(
  unit: UnitOfWork,
  services: CommandServices,
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
  recordOwnChange(em, await findMemberships(em, id), 'password', by === 'link' ? by : undefined);
  await queueAccountEmail(unit, services, {
    kind: 'password_changed',
    operator: id,
    toAddress: email,
    content: operatorPasswordChangedContent(services.publicUrl, { email, changedAt }),
  });
  return true;
}
