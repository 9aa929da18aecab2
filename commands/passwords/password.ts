import { hash, verify } from '@node-rs/argon2';
import { Refusal } from '../../vocabulary/refusal.ts';
import { workQueue } from '../work-queue.ts';
import { isEasyToGuess } from './strength/judge-in-thread.ts';

/** NIST SP 800-63B-4, section 3.1.1.2: at least 15 characters where the password is the only factor, no composition rules. */
export const MIN_PASSWORD_LENGTH = 15;
/** Long enough for any passphrase, short enough to hash. */
export const MAX_PASSWORD_LENGTH = 256;

/** Reasons of the refusal `password_refused`. */
export type PasswordProblem =
  | 'password_too_short'
  | 'password_too_long'
  | 'password_too_common'
  | 'passwords_differ'
  | 'too_many_passwords'
  | 'password_unchanged';

/** The refusal of a new password. @param detail what to do, in a sentence */
export function passwordProblem(reason: PasswordProblem, detail: string, more: { retryAfter?: number } = {}): Refusal {
  const errors = [{ field: 'password', message: detail }];
  return new Refusal('password_refused', { ...more, detail, reason, errors });
}

/**
 * Refuses short passwords and those that are easy to guess: leaked ones, words in a row, the person's own data.
 *
 * @param ownWords what a guesser would try first: name, address, portal
 * @throws Refusal `password_refused`
 * @throws Refusal `unavailable` where too many passwords are being estimated
 */
export async function requireGoodPassword(password: string, ownWords: string[]): Promise<void> {
  const problem = await findPasswordProblem(password, ownWords);
  if (problem !== undefined) throw problem;
}

/** The Refusal that {@link requireGoodPassword} would throw; undefined for a good password. @throws Refusal `unavailable` */
export async function findPasswordProblem(password: string, ownWords: string[]): Promise<Refusal | undefined> {
  const length = [...password].length;
  if (length < MIN_PASSWORD_LENGTH) {
    return passwordProblem(
      'password_too_short',
      `Use at least ${MIN_PASSWORD_LENGTH} characters, for example four or five words.`,
    );
  }
  if (length > MAX_PASSWORD_LENGTH) {
    return passwordProblem('password_too_long', `Use at most ${MAX_PASSWORD_LENGTH} characters.`);
  }
  if (await isEasyToGuess(password, ownWords)) {
    return passwordProblem('password_too_common', 'This password is too easy to guess. Choose another one.');
  }
  return undefined;
}

/**
 * All hashing of the process, for checking passwords and for storing them. Two threads are half of Node's thread pool, so that
 * address look-ups and file reads go on; a hundred waiting calls are through within seconds.
 */
const hashing = workQueue({ atOnce: 2, waiting: 100 });

/**
 * Argon2id with 19 MiB and two passes, OWASP's first recommendation; the library's defaults, with a random salt.
 *
 * @throws Refusal `unavailable` where too many passwords are being hashed
 */
export async function hashPassword(password: string): Promise<string> {
  return hashing(() => hash(password.normalize('NFKC')));
}

/** Whether a hash was made of this password. @throws Refusal `unavailable` where too many passwords are being hashed */
export async function matchesHash(password: string, passwordHash: string): Promise<boolean> {
  return hashing(() => verify(passwordHash, password.normalize('NFKC')));
}

let dummyHash: Promise<string> | undefined;

/**
 * Whether this is the password of an account. An account without a hash (undefined or null) has none: the result is false after the same
 * time, so that the time does not tell which accounts exist.
 *
 * @throws Refusal `unavailable` where too many passwords are being hashed
 */
export async function verifyPassword(password: string, passwordHash: string | null | undefined): Promise<boolean> {
  dummyHash ??= hash('the password of nobody at all'); // not in the queue: a refusal there would be kept for ever
  const compared = passwordHash ?? (await dummyHash);
  const matches = await matchesHash(password, compared);
  return matches && compared === passwordHash;
}
