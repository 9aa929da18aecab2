import type { EntityManager } from '../../db/database.ts';
import { isPassword } from '../sign-in/check-password.ts';

/** An operator whose password was right, with its hash. */
export interface OperatorWithPassword {
  id: string;
  passwordHash: string;
}

/**
 * The operator with this address who works for a portal, if this is the password. Anybody else takes as long, by as many
 * queries, and looks the same: null.
 *
 * @throws Problem `unavailable` where too many are signing in at once
 */
export async function checkOperatorPassword(
  em: EntityManager,
  emailKey: string,
  password: string,
): Promise<OperatorWithPassword | null> {
  const [operator] = await em.execute<{ id: string; passwordHash: string | null }[]>(
    `select id, password_hash as "passwordHash" from operators
      where email_key = ? and exists (
        select from portal_operators where operator_id = operators.id and accepted_at is not null
      )`,
    [emailKey],
  );
  return (await isPassword(password, operator?.passwordHash)) ? (operator as OperatorWithPassword) : null;
}
