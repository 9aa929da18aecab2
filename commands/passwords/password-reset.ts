import { readClock } from '../../db/database.ts';
import { Operator, PasswordResetRequest, type Portal, type PortalUser } from '../../db/entities/index.ts';
import { findAuthorizedUser, findMemberships } from '../../db/queries/authorization.ts';
import { verifyOperatorPasswordResetToken } from '../../links/operator-link-token.ts';
import { readPasswordResetToken, verifyPasswordResetToken } from '../../links/password-reset-token.ts';
import type { CommandServices } from '../services.ts';
import { callNowOrByHousekeeping } from '../temporal-outages.ts';
import { inTransaction } from '../transaction.ts';
import { accountOfOperator, accountOfPortalUser, type NewPassword, requireGoodNewPassword } from './new-password.ts';
import { hashNewOperatorPassword, type PasswordOwner, replaceOperatorPassword } from './operator-password.ts';
import { replacePortalUserPassword } from './portal-user-password.ts';

/**
 * Records that somebody asked for a new password at a portal, or (null) at the console, and starts the workflow. Whether an account
 * has the address is not looked up here, so that the response does not tell. If Temporal is down the link is mailed once Temporal is back.
 */
export async function askForPasswordReset(
  services: CommandServices,
  portal: Portal | null,
  emailKey: string,
): Promise<void> {
  await inTransaction(services.database, async ({ em, afterCommit }) => {
    const { id } = em.create(PasswordResetRequest, { portal: portal?.id ?? null, emailKey });
    await em.flush();
    afterCommit(() =>
      callNowOrByHousekeeping(services, { passwordResetRequestId: id }, () => services.passwordResets.start(id)),
    );
  });
}

/** An operator who may replace the password by a link. */
export interface OperatorPasswordReset extends PasswordOwner {
  emailKey: string;
  passwordHash: string;
  /** The operator's, and those of their portals. */
  names: string[];
}

/**
 * Reads an operator's link to a new password and changes nothing. Null for a link that is not one of ours, too old or used, and for
 * an operator who has left every portal.
 */
export async function openOperatorPasswordReset(
  { database, linkKeys }: CommandServices,
  token: string,
): Promise<OperatorPasswordReset | null> {
  const em = database.em.fork();
  const id = readPasswordResetToken(token, await readClock(em));
  if (id === undefined) return null;
  const operator = await em.findOne(Operator, id, { populate: ['passwordHash'] });
  const passwordHash = operator?.passwordHash;
  if (!operator || !passwordHash || !verifyOperatorPasswordResetToken(linkKeys, token, { id, passwordHash }))
    return null;
  const memberships = await findMemberships(em, id);
  if (memberships.length === 0) return null;
  const names = memberships.flatMap(({ name, portal }) => [name, portal.getEntity().name]);
  const { email, emailKey } = operator;
  return { id, email, emailKey, passwordHash, names };
}

/**
 * Replaces an operator's password by the one that they typed after a link, and signs them out everywhere.
 *
 * @returns false where the link was used a moment ago: nothing is changed then
 * @throws Refusal `password_refused`, `unavailable`
 */
export async function resetOperatorPassword(
  services: CommandServices,
  operator: OperatorPasswordReset,
  typed: NewPassword,
): Promise<boolean> {
  await requireGoodNewPassword(services, accountOfOperator(operator, operator.names), typed);
  const newHash = await hashNewOperatorPassword(typed.password, operator.passwordHash);
  return inTransaction(services.database, (unit) => replaceOperatorPassword(unit, services, operator, newHash, 'link'));
}

/**
 * Reads a portal user's link to a new password and changes nothing. Null for a link that is not one of ours, of another portal, too old
 * or used, and for a portal user who is not confirmed (any more).
 *
 * @returns the portal user with contact, portal and password loaded
 */
export async function openPortalUserPasswordReset(
  { database, linkKeys }: CommandServices,
  portal: Portal,
  token: string,
): Promise<PortalUser | null> {
  const em = database.em.fork();
  const id = readPasswordResetToken(token, await readClock(em));
  if (id === undefined) return null;
  const user = await findAuthorizedUser(em, portal, { id }, ['contact', 'portal', 'passwordHash']);
  return user !== null && verifyPasswordResetToken(linkKeys, token, user) ? user : null;
}

/**
 * Replaces a portal user's password by the one that they typed after a link, and signs them out everywhere.
 *
 * @param user as {@link openPortalUserPasswordReset} loads it
 * @returns false where the link was used a moment ago, or the portal user deactivated: nothing is changed then
 * @throws Refusal `password_refused`, `unavailable`
 */
export async function resetPortalUserPassword(
  services: CommandServices,
  user: PortalUser,
  typed: NewPassword,
): Promise<boolean> {
  const account = accountOfPortalUser(user.portal.getEntity(), user.contact.getEntity());
  await requireGoodNewPassword(services, account, typed);
  return (await replacePortalUserPassword(services, user, typed.password, { by: 'link' })) !== undefined;
}
