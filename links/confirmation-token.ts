/** The secret of a confirmation link, by {@link linkToken}: it dies with its generation, and its secret is a salt in the row. */
import { randomBytes } from 'node:crypto';
import type { LinkKeys } from './link-keys.ts';
import { linkToken, readLinkToken, verifyLinkToken } from './link-token.ts';

const SALT_BYTES = 16;

export interface LinkSubject {
  portalUserId: string;
  generation: number;
  salt: Uint8Array;
}

/** A salt for a new portal user's links. */
export function newLinkSalt(): Buffer {
  return randomBytes(SALT_BYTES);
}

/** The token of one generation's link: 71 characters, the same for the same arguments. */
export function confirmationToken(keys: LinkKeys, { portalUserId, generation, salt }: LinkSubject): string {
  return linkToken(keys, 'confirmation-link', { subjectId: portalUserId, number: generation }, salt);
}

/** What a token claims, unverified; undefined where the text cannot be a token. */
export function readConfirmationToken(text: string): { portalUserId: string; generation: number } | undefined {
  const claims = readLinkToken(text);
  return claims && { portalUserId: claims.subjectId, generation: claims.number };
}

/** Whether a token that {@link readConfirmationToken} could read was made by us with this salt. Compares in constant time. */
export function verifyConfirmationToken(keys: LinkKeys, text: string, salt: Uint8Array): boolean {
  return verifyLinkToken(keys, 'confirmation-link', text, salt);
}
