import { verify } from '@node-rs/argon2';
import { hashPassword } from '../password.ts';
import { workQueue } from '../work-queue.ts';

/**
 * Half of Node's thread pool at the most, and as many waiting as are through within seconds: a flood of sign-ins from many
 * networks must not keep everything else from it (address look-ups of Postgres, confirmations).
 */
const inTurn = workQueue({ atOnce: 2, waiting: 100 });

let nobodysHash: Promise<string> | undefined;

/**
 * Whether a password is the one with this hash. Where nobody has one (undefined or null) it is not, which takes as long to
 * find out.
 *
 * @throws Problem `unavailable` where too many are signing in at once
 */
export async function isPassword(password: string, hash: string | null | undefined): Promise<boolean> {
  nobodysHash ??= hashPassword('the password of nobody at all');
  const compared = hash ?? (await nobodysHash);
  const matches = await inTurn(() => verify(compared, password.normalize('NFKC')));
  return matches && compared === hash;
}
