import { Operator, PortalOperator } from '../../db/entities/index.ts';
import { ACCEPTED } from '../../db/entities/portal-operator.ts';
import { verifyOperatorPasswordResetToken } from '../../db/operator-link-token.ts';
import { readPasswordResetToken } from '../../db/password-reset-token.ts';
import { readClock } from '../../db/queries/read-clock.ts';
import type { Services } from '../services.ts';
import { inTransaction } from '../unit-of-work.ts';
import { type PasswordOwner, replaceOperatorPassword } from './replace-operator-password.ts';

/** An operator whose password a link replaces. */
export interface ResettingOperator extends PasswordOwner {
  emailKey: string;
  /** What a guesser would try first, besides the address. */
  ownWords: string[];
}

/**
 * Whose password a link replaces. Null where the link is not one of ours, too old or used, and where the operator has left
 * every portal. Changes nothing.
 */
export async function openOperatorPasswordReset(
  { database, linkKeys }: Services,
  token: string,
): Promise<ResettingOperator | null> {
  const em = database.em.fork();
  const id = readPasswordResetToken(token, await readClock(em));
  if (id === undefined) return null;
  const operator = await em.findOne(Operator, id, { populate: ['passwordHash'] });
  const passwordHash = operator?.passwordHash;
  if (!operator || !passwordHash || !verifyOperatorPasswordResetToken(linkKeys, token, { id, passwordHash }))
    return null;
  const memberships = await em.find(PortalOperator, { operator: id, ...ACCEPTED }, { populate: ['portal'] });
  if (memberships.length === 0) return null;
  const ownWords = memberships.flatMap(({ name, portal }) => [name, portal.getEntity().name]);
  const { email, emailKey } = operator;
  return { id, email, emailKey, passwordHash, ownWords };
}

/** Gives an operator the password chosen by a link, and signs them out everywhere. @returns false where the link died a moment ago */
export async function resetOperatorPassword(
  services: Services,
  operator: ResettingOperator,
  newHash: string,
): Promise<boolean> {
  return inTransaction(services.database, (unit) => replaceOperatorPassword(unit, services, operator, newHash, 'link'));
}
