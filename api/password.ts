import { hash, verify } from '@node-rs/argon2';
import { isEasyToGuess } from './password-strength/password-meter.ts';
import { Problem } from './problem.ts';
import { workQueue } from './work-queue.ts';

/** NIST SP 800-63B-4, section 3.1.1.2: at least 15 characters where the password is the only factor, no composition rules. */
export const MIN_PASSWORD_LENGTH = 15;
/** Long enough for any passphrase, short enough to hash. */
export const MAX_PASSWORD_LENGTH = 256;
/** Beside a field for a new password in the console. */
export const PASSWORD_HINT = `At least ${MIN_PASSWORD_LENGTH} characters. Four or five words are easy to remember and hard to guess.`;

/**
 * All hashing of the process, for checking passwords and for storing them: half of Node's thread pool, so that address
 * look-ups and file reads go on, and as many waiting as are through within seconds.
 */
const hashing = workQueue({ atOnce: 2, waiting: 100 });

/**
 * Refuses short passwords and those that are easy to guess: leaked ones, words in a row, the person's own data.
 *
 * @param ownWords name, address, portal: what a guesser would try first
 * @throws Problem `password_refused` with what to do
 * @throws Problem `unavailable` where too many passwords are being estimated
 */
export async function requireGoodPassword(password: string, ownWords: string[]): Promise<void> {
  const refusal = await passwordRefusal(password, ownWords);
  if (refusal !== undefined) throw refusal;
}

/** The Problem that {@link requireGoodPassword} would throw; undefined for a good password. @throws Problem `unavailable` */
export async function passwordRefusal(password: string, ownWords: string[]): Promise<Problem | undefined> {
  const length = [...password].length;
  if (length < MIN_PASSWORD_LENGTH) {
    return passwordRefused(
      'password_too_short',
      `Use at least ${MIN_PASSWORD_LENGTH} characters, for example four or five words.`,
    );
  }
  if (length > MAX_PASSWORD_LENGTH) {
    return passwordRefused('password_too_long', `Use at most ${MAX_PASSWORD_LENGTH} characters.`);
  }
  if (await isEasyToGuess(password, ownWords)) {
    return passwordRefused('password_too_common', 'This password is too easy to guess. Choose another one.');
  }
  return undefined;
}

/**
 * Argon2id with 19 MiB and two passes, OWASP's first recommendation; the library's defaults, with a random salt.
 *
 * @throws Problem `unavailable` where too many passwords are being hashed
 */
export async function hashPassword(password: string): Promise<string> {
  return hashing(() => hash(password.normalize('NFKC')));
}

/** Whether a password has this hash. @throws Problem `unavailable` where too many passwords are being hashed */
export async function hasHash(password: string, passwordHash: string): Promise<boolean> {
  return hashing(() => verify(passwordHash, password.normalize('NFKC')));
}

/** The problem of a password that is not taken. */
export function passwordRefused(
  reason: PasswordRefusal,
  detail: string,
  more: { status?: number; retryAfter?: number } = {},
): Problem {
  const errors = [{ field: 'password', message: detail }];
  return new Problem('password_refused', { ...more, detail, reason, errors });
}

export type PasswordRefusal =
  | 'password_too_short'
  | 'password_too_long'
  | 'password_too_common'
  | 'passwords_differ'
  | 'too_many_passwords'
  | 'password_unchanged';
