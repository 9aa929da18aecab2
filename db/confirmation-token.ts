/**
 * The secret of a confirmation link. The threat: whoever holds the link chooses the password, so a link must not be
 * guessable, must not be found in any store, log or workflow history, and must die with its generation.
 *
 * Therefore nothing is drawn at random at send time and nothing is stored: the token is an HMAC-SHA-256 under a server
 * key over (portal user, generation, a salt kept in the row). A leaked database alone opens nothing, a leaked key
 * alone opens nothing, and a retried send mails the very same link.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { parse } from 'uuid';
import type { LinkKeys } from './link-keys.ts';

/** Parts of the token: key id (1 byte), portal user id (16), generation (4, big-endian), MAC (32). */
const ID_AT = 1;
const GENERATION_AT = 17;
const MAC_AT = 21;
const TOKEN_BYTES = 53;
const TOKEN_TEXT = /^[\w-]{71}$/;
const UUID_GROUPS = /^(.{8})(.{4})(.{4})(.{4})(.{12})$/;
const SALT_BYTES = 16;
/** Keeps a MAC made here from meaning anything elsewhere. */
const PURPOSE = 'confirmation-link';

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
export function confirmationToken(keys: LinkKeys, subject: LinkSubject): string {
  const token = Buffer.alloc(TOKEN_BYTES);
  token.writeUInt8(keys.current);
  token.set(parse(subject.portalUserId), ID_AT);
  token.writeUInt32BE(subject.generation, GENERATION_AT);
  sign(keys.byId.get(keys.current)!, token.subarray(0, MAC_AT), subject.salt).copy(token, MAC_AT);
  return token.toString('base64url');
}

/** What a token claims, unverified; undefined where the text cannot be a token. */
export function readConfirmationToken(text: string): { portalUserId: string; generation: number } | undefined {
  const token = Buffer.from(text, 'base64url');
  // The last character has two bits to spare: only one of its spellings is ours.
  if (!TOKEN_TEXT.test(text) || token.toString('base64url') !== text) return undefined;
  return {
    portalUserId: token.toString('hex', ID_AT, GENERATION_AT).replace(UUID_GROUPS, '$1-$2-$3-$4-$5'),
    generation: token.readUInt32BE(GENERATION_AT),
  };
}

/** Whether a token that {@link readConfirmationToken} could read was made by us with this salt. Compares in constant time. */
export function verifyConfirmationToken(keys: LinkKeys, text: string, salt: Uint8Array): boolean {
  const token = Buffer.from(text, 'base64url');
  const key = keys.byId.get(token.readUInt8());
  return key !== undefined && timingSafeEqual(sign(key, token.subarray(0, MAC_AT), salt), token.subarray(MAC_AT));
}

function sign(key: Buffer, claims: Uint8Array, salt: Uint8Array): Buffer {
  return createHmac('sha256', key).update(PURPOSE).update(claims).update(salt).digest();
}
