import { hash } from '@node-rs/argon2';
import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common';
import { Problem } from './problem.ts';

/** NIST SP 800-63B-4, section 3.1.1.2: at least 15 characters where the password is the only factor, no composition rules. */
export const MIN_PASSWORD_LENGTH = 15;
/** Long enough for any passphrase, short enough to hash. */
export const MAX_PASSWORD_LENGTH = 256;
/** Beside a field for a new password in the console. */
export const PASSWORD_HINT = `At least ${MIN_PASSWORD_LENGTH} characters. Four or five words are easy to remember and hard to guess.`;
/** Below 10^8 guesses: on the list of common passwords, or made of them, of repeats, of rows of keys. */
const COMMON_BELOW_SCORE = 3;
/** How much of a password is estimated: all of 256 hostile characters would hold up everybody else for two seconds. */
const ESTIMATED_LENGTH = 64;
const BETWEEN_WORDS = /[\s@.]+/g;

/** Shorter ones stand in other words by chance. */
const MIN_OWN_PART = 3;

const estimator = new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs, maxLength: ESTIMATED_LENGTH });

/**
 * Refuses short passwords and common ones, among them those made of the person's own data.
 *
 * @param ownWords name, address, portal: what a guesser would try first
 * @throws Problem `password_refused` with what to do
 */
export function requireGoodPassword(password: string, ownWords: string[]): void {
  const refusal = passwordRefusal(password, ownWords);
  if (refusal !== undefined) throw refusal;
}

/** The Problem that {@link requireGoodPassword} would throw; undefined for a good password. */
export function passwordRefusal(password: string, ownWords: string[]): Problem | undefined {
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
  const ownParts = ownWords.flatMap((words) => [
    words,
    words.replaceAll(BETWEEN_WORDS, ''),
    ...words.split(BETWEEN_WORDS),
  ]);
  const candidates = [password, withoutOwnParts(password, ownParts)];
  if (candidates.some((candidate) => estimator.check(candidate, ownParts).score < COMMON_BELOW_SCORE)) {
    return passwordRefused('password_too_common', 'This password is too easy to guess. Choose another one.');
  }
  return undefined;
}

/** What is left to guess for somebody who knows the person. */
function withoutOwnParts(password: string, ownParts: string[]): string {
  const known = ownParts.filter((part) => part.length >= MIN_OWN_PART).toSorted((a, b) => b.length - a.length);
  return known.reduce((rest, part) => rest.replaceAll(part.toLowerCase(), ''), password.toLowerCase());
}

/** Argon2id with 19 MiB and two passes, OWASP's first recommendation; the library's defaults, with a random salt. */
export async function hashPassword(password: string): Promise<string> {
  return hash(password.normalize('NFKC'));
}

/** The problem of a password that is not taken. */
export function passwordRefused(reason: PasswordRefusal, detail: string): Problem {
  return new Problem('password_refused', { detail, reason, errors: [{ field: 'password', message: detail }] });
}

export type PasswordRefusal =
  | 'password_too_short'
  | 'password_too_long'
  | 'password_too_common'
  | 'passwords_differ'
  | 'password_unchanged';
