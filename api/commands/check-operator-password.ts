import type { EntityManager } from '../../db/database.ts';
import { Operator, PortalOperator } from '../../db/entities/index.ts';
import { isPassword } from '../sign-in/check-password.ts';

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
  return (await isPassword(password, worksHere ? operator.passwordHash : null)) ? operator : null;
}
