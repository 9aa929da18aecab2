/**
 * The secret of a mailed link. The threat: whoever holds the link chooses the password, so a link must not be guessable,
 * must not be found in any store, log or workflow history, and must die with what it was made for.
 *
 * Therefore nothing is drawn at random at send time and nothing is stored: the token is an HMAC-SHA-256 under a server
 * key over (purpose, whose link it is, a number, a secret kept in the row). A leaked database alone opens nothing, a leaked key
 * alone opens nothing, and a retried send mails the very same link.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { parse } from 'uuid';
import type { LinkKeys } from './link-keys.ts';

/** Parts of the token: key id (1 byte), subject id (16), number (4, big-endian), MAC (32). */
const ID_AT = 1;
const NUMBER_AT = 17;
const MAC_AT = 21;
const TOKEN_BYTES = 53;
const TOKEN_TEXT = /^[\w-]{71}$/;
const UUID_GROUPS = /^(.{8})(.{4})(.{4})(.{4})(.{12})$/;

/** What a link is for: keeps a MAC made for one purpose from meaning anything for another. */
export type LinkPurpose =
  | 'confirmation-link'
  | 'password-reset-link'
  | 'operator-invitation-link'
  | 'operator-password-reset-link';

/** What a token says openly. */
export interface LinkClaims {
  /** Whose link it is: a portal user, an operator, or an operator's membership of a portal. */
  subjectId: string;
  /** Below 2^32: a generation, or a point in time in seconds. */
  number: number;
}

/** The token of a link: 71 characters, the same for the same arguments. */
export function linkToken(
  keys: LinkKeys,
  purpose: LinkPurpose,
  { subjectId, number }: LinkClaims,
  secret: string | Uint8Array,
): string {
  const token = Buffer.alloc(TOKEN_BYTES);
  token.writeUInt8(keys.current);
  token.set(parse(subjectId), ID_AT);
  token.writeUInt32BE(number, NUMBER_AT);
  sign(keys.byId.get(keys.current)!, purpose, token.subarray(0, MAC_AT), secret).copy(token, MAC_AT);
  return token.toString('base64url');
}

/** What a token claims, unverified; undefined where the text cannot be a token. */
export function readLinkToken(text: string): LinkClaims | undefined {
  const token = Buffer.from(text, 'base64url');
  // The last character has two bits to spare: only one of its spellings is ours.
  if (!TOKEN_TEXT.test(text) || token.toString('base64url') !== text) return undefined;
  return {
    subjectId: token.toString('hex', ID_AT, NUMBER_AT).replace(UUID_GROUPS, '$1-$2-$3-$4-$5'),
    number: token.readUInt32BE(NUMBER_AT),
  };
}

/** Whether a token that {@link readLinkToken} could read was made by us, for this purpose, with this secret. Compares in constant time. */
export function verifyLinkToken(
  keys: LinkKeys,
  purpose: LinkPurpose,
  text: string,
  secret: string | Uint8Array,
): boolean {
  const token = Buffer.from(text, 'base64url');
  const key = keys.byId.get(token.readUInt8());
  if (key === undefined) return false;
  return timingSafeEqual(sign(key, purpose, token.subarray(0, MAC_AT), secret), token.subarray(MAC_AT));
}

function sign(key: Buffer, purpose: LinkPurpose, claims: Uint8Array, secret: string | Uint8Array): Buffer {
  return createHmac('sha256', key).update(purpose).update(claims).update(secret).digest();
}
