/**
 * The secret of a link to a new password, by {@link linkToken}. Its secret is the hash of the password that is to be
 * replaced, and how often access was taken away, so it dies with either: each such link is good once, and a changed password kills all of them.
 */
import type { LinkKeys } from './link-keys.ts';
import { linkToken, readLinkToken, verifyLinkToken } from './link-token.ts';

/** Long enough to find the e-mail, short enough that an old mailbox opens nothing (OWASP's forgot password cheat sheet). */
const VALIDITY_SECONDS = 3_600;

/** Whose password is to be replaced. */
export interface PasswordSubject {
  id: string;
  /** Null or undefined where there is none yet. */
  passwordHash?: string | null | undefined;
  /** Of links that were mailed before a deactivation none comes alive again. */
  deactivationCount: number;
}

/** When a link that was asked for at this moment ends, in whole seconds. */
export function passwordResetEnd(askedAt: Date): Date {
  return new Date((Math.floor(askedAt.getTime() / 1000) + VALIDITY_SECONDS) * 1000);
}

/** The token of a link that is good until `end`: 71 characters, the same for the same arguments. */
export function passwordResetToken(keys: LinkKeys, subject: PasswordSubject, end: Date): string {
  const claims = { subjectId: subject.id, number: end.getTime() / 1000 };
  return linkToken(keys, 'password-reset-link', claims, secretOf(subject));
}

/** Whose password a token claims to replace, unverified; undefined where the text cannot be a token, or its time is over. */
export function readPasswordResetToken(text: string, now: Date): string | undefined {
  const claims = readLinkToken(text);
  return claims !== undefined && claims.number * 1000 > now.getTime() ? claims.subjectId : undefined;
}

/** Whether a token that {@link readPasswordResetToken} could read was made by us to replace this very password. */
export function verifyPasswordResetToken(keys: LinkKeys, text: string, subject: PasswordSubject): boolean {
  return verifyLinkToken(keys, 'password-reset-link', text, secretOf(subject));
}

function secretOf({ passwordHash, deactivationCount }: PasswordSubject): string {
  return `${deactivationCount}/${passwordHash ?? ''}`;
}
