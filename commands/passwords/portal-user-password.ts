import type { EntityManager } from '../../db/database.ts';
import { readClock } from '../../db/database.ts';
import { type Contact, type Portal, PortalUser } from '../../db/entities/index.ts';
import { recordEvent } from '../../db/events.ts';
import { findAuthorizedUser } from '../../db/queries/authorization.ts';
import { endPortalUserSessions } from '../../db/queries/sessions.ts';
import { passwordChangedContent } from '../../email/account-email.ts';
import type { OwnPassword } from '../../schemas/operator.ts';
import { queueAccountEmail } from '../operators/queue-account-email.ts';
import type { CommandServices } from '../services.ts';
import { resetFailedSignIns, type SignInOrigin, signInLimits } from '../sign-in/sign-in-limits.ts';
import { inTransaction, type UnitOfWork } from '../transaction.ts';
import { accountOfPortalUser, requireGoodNewPassword, wrongCurrentPassword } from './new-password.ts';
import { hashPassword, verifyPassword } from './password.ts';

/** A portal user whose password was right, with its hash. */
export type PortalUserWithPassword = PortalUser & { passwordHash: string };

/**
 * The confirmed portal user of this portal with this address, if this is the password. Any other address or password takes as long
 * and looks the same: null.
 *
 * @throws Refusal `unavailable` where too many are signing in at once
 */
export async function checkPortalUserPassword(
  em: EntityManager,
  portal: Portal,
  emailKey: string,
  password: string,
): Promise<PortalUserWithPassword | null> {
  const user = await findAuthorizedUser(em, portal, { contact: { emailKey } }, ['passwordHash']);
  return (await verifyPassword(password, user?.passwordHash)) ? (user as PortalUserWithPassword) : null;
}

/**
 * Changes the password of a portal user who knows the current one. Every browser that is signed in as them is signed out: the caller
 * begins a new session in this one.
 *
 * @param origin of the request: wrong current passwords are limited like failed sign-ins
 * @returns the portal user as they were when the current password was checked, with the new password's hash
 * @throws Refusal `invalid_request` where the current password is wrong
 * @throws Refusal `password_refused`
 * @throws Refusal `too_many_attempts`, before any password is judged
 */
export async function changePortalUserPassword(
  services: CommandServices,
  portal: Portal,
  contact: Contact,
  origin: SignInOrigin,
  { currentPassword, ...typed }: OwnPassword,
): Promise<{ id: string; deactivationCount: number; passwordHash: string }> {
  const account = accountOfPortalUser(portal, contact);
  const checked = await signInLimits(services, account.area).attempt(origin, contact.emailKey, async () => {
    await requireGoodNewPassword(services, account, typed);
    return checkPortalUserPassword(services.database.em.fork(), portal, contact.emailKey, currentPassword);
  });
  if (checked === null) throw wrongCurrentPassword();
  const passwordHash = await replacePortalUserPassword(services, checked, typed.password, { by: 'account' });
  if (passwordHash === undefined) throw wrongCurrentPassword(); // the second of two changes at once
  return { id: checked.id, deactivationCount: checked.deactivationCount, passwordHash };
}

/**
 * Replaces the loaded password of a confirmed portal user, and signs them out everywhere. They are told by e-mail, unless it is their
 * first password. A link resets the failed sign-ins, so that they can sign in at once.
 *
 * @param user with the password loaded
 * @returns the new password's hash; undefined where the loaded password was replaced a moment ago, or the portal user
 *   deactivated: nothing is changed then
 */
export async function replacePortalUserPassword(
  services: CommandServices,
  { id, passwordHash }: Pick<PortalUser, 'id' | 'passwordHash'>,
  password: string,
  { by }: { by: 'link' | 'account' },
): Promise<string | undefined> {
  const replaced = { id, passwordHash: passwordHash ?? null, confirmationStatus: 'confirmed' } as const;
  const newHash = await hashPassword(password);
  return inTransaction(services.database, async (unit) => {
    const { em } = unit;
    if ((await em.nativeUpdate(PortalUser, replaced, { passwordHash: newHash })) === 0) return undefined;
    const user = await em.findOneOrFail(PortalUser, id, { populate: ['contact', 'portal'] });
    recordEvent(em, user, { type: 'portal_user_password_changed', actor: 'portal_user', data: { by } });
    await endPortalUserSessions(em, id);
    if (by === 'link') {
      await resetFailedSignIns(em, `portal_${user.portal.getEntity().slug}`, user.contact.getEntity().emailKey);
    }
    if (passwordHash) await queuePasswordChangedEmail(unit, services, user as unknown as PortalUser);
    return newHash;
  });
}

/** Lets a person whose account was taken over find out. */
async function queuePasswordChangedEmail(unit: UnitOfWork, services: CommandServices, user: PortalUser): Promise<void> {
  const { email, name } = user.contact.getEntity();
  const occasion = { name, locale: user.locale, changedAt: await readClock(unit.em) };
  await queueAccountEmail(unit, services, {
    kind: 'password_changed',
    portalUser: user.id,
    toAddress: email,
    content: passwordChangedContent(services.publicUrl, user.portal.getEntity(), occasion),
  });
}
