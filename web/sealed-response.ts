/** How the responses of idempotent calls are encrypted: reading one needs a server key and the Idempotency-Key together. */
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import type { LinkKeys } from '../links/link-keys.ts';

/** AES-256-GCM with a nonce of 96 bits and a tag of 128 bits (NIST SP 800-38D). */
const ALGORITHM = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** An Idempotency-Key within its scope. */
export interface ScopedKey {
  scope: string;
  key: string;
}

/** A response as it is stored: readable only with the server key and the Idempotency-Key together. */
export interface SealedResponse {
  /** Id of the server key. */
  keyId: number;
  /** Nonce, ciphertext, tag. */
  sealed: Uint8Array;
}

/** What is stored of an Idempotency-Key. */
export function hashOfKey(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

/** Encrypts a response under a key that is derived from the current server key and the Idempotency-Key. */
export function sealResponse({ current, byId }: LinkKeys, scopedKey: ScopedKey, response: unknown): SealedResponse {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, derivedKey(byId.get(current)!, scopedKey), nonce);
  const ciphertext = Buffer.concat([cipher.update(JSON.stringify(response)), cipher.final()]);
  return { keyId: current, sealed: Buffer.concat([nonce, ciphertext, cipher.getAuthTag()]) };
}

/** The response; undefined where it cannot be read, since its server key was dropped or an earlier release stored the row. */
export function openSealedResponse(
  { byId }: LinkKeys,
  scopedKey: ScopedKey,
  { keyId, sealed }: SealedResponse,
): unknown {
  const serverKey = byId.get(keyId);
  if (serverKey === undefined) return undefined;
  const decipher = createDecipheriv(ALGORITHM, derivedKey(serverKey, scopedKey), sealed.subarray(0, NONCE_BYTES));
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  const text = Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
  return JSON.parse(text.toString());
}

/** HKDF (RFC 5869); the purpose keeps a key made here from meaning anything elsewhere. */
function derivedKey(serverKey: Buffer, { scope, key }: ScopedKey): Buffer {
  return Buffer.from(hkdfSync('sha256', serverKey, key, `remembered-answer/${scope}`, KEY_BYTES));
}
