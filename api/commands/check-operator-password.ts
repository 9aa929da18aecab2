import { verify } from '@node-rs/argon2';
import type { EntityManager } from '../../db/database.ts';
import { Operator, PortalOperator } from '../../db/entities/index.ts';
import { hashPassword } from '../password.ts';
import { workQueue } from '../work-queue.ts';

/**
 * Half of Node's thread pool at the most, and as many waiting as are through within seconds: a flood of sign-ins from many
 * networks must not keep everything else from it (address look-ups of Postgres, confirmations).
 */
const inTurn = workQueue({ atOnce: 2, waiting: 100 });

let nobodysHash: Promise<string> | undefined;

/**
 * The operator with this address, if this is the password, with its hash. An unknown address takes as long and looks the
 * same: null; so does somebody who works for no portal any more.
 *
 * @throws Problem `unavailable` where too many are signing in at once
 */
export async function checkOperatorPassword(
  em: EntityManager,
  emailKey: string,
  password: string,
): Promise<Operator | null> {
  const operator = await em.findOne(Operator, { emailKey }, { populate: ['passwordHash'] });
  const worksHere = operator !== null && (await em.count(PortalOperator, { operator })) > 0;
  nobodysHash ??= hashPassword('the password of nobody at all');
  const hash = worksHere ? operator.passwordHash : await nobodysHash;
  const matches = await inTurn(() => verify(hash, password.normalize('NFKC')));
  return matches && worksHere ? operator : null;
}
