import { hash } from '@node-rs/argon2';
import { hasHash } from '../password.ts';

let nobodysHash: Promise<string> | undefined;

/**
 * Whether a password is the one with this hash. Without a hash (undefined or null) the result is false after the same time.
 *
 * @throws Problem `unavailable` where too many passwords are being hashed
 */
export async function isPassword(password: string, passwordHash: string | null | undefined): Promise<boolean> {
  nobodysHash ??= hash('the password of nobody at all'); // not in the queue: a refusal there would be kept for ever
  const compared = passwordHash ?? (await nobodysHash);
  const matches = await hasHash(password, compared);
  return matches && compared === passwordHash;
}
