import type { EntityManager } from '../../db/database.ts';
import { type Portal, PortalUser } from '../../db/entities/index.ts';
import { isPassword } from '../sign-in/check-password.ts';

/** A portal user whose password was right, with its hash. */
export type PasswordHolder = PortalUser & { passwordHash: string };

/**
 * The confirmed portal user of this portal with this address, if this is the password. Anybody else takes as long and looks
 * the same: null.
 *
 * @throws Problem `unavailable` where too many are signing in at once
 */
export async function checkPortalUserPassword(
  em: EntityManager,
  portal: Portal,
  emailKey: string,
  password: string,
): Promise<PasswordHolder | null> {
  const mayBeHere = { portal: portal.id, contact: { emailKey }, confirmationStatus: 'confirmed' } as const;
  const user = await em.findOne(PortalUser, mayBeHere, { populate: ['passwordHash'] });
  return (await isPassword(password, user?.passwordHash)) ? (user as PasswordHolder) : null;
}
