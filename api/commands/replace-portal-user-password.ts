import { passwordChangedContent } from '../../activities/email/account-email-content.ts';
import { endPortalUserSessions } from '../../db/end-portal-user-sessions.ts';
import { type Contact, type Portal, PortalUser } from '../../db/entities/index.ts';
import { readClock } from '../../db/queries/read-clock.ts';
import { recordEvent } from '../../db/record-event.ts';
import { hashPassword, passwordRefused, requireGoodPassword } from '../password.ts';
import type { Services } from '../services.ts';
import { countPasswordChoice } from '../sign-in/password-choice-limit.ts';
import { resetFailedSignIns } from '../sign-in/sign-in-limits.ts';
import { inTransaction, type UnitOfWork } from '../unit-of-work.ts';
import { queueAccountEmail } from './queue-account-email.ts';

/** A new password as it is typed. */
export interface NewPassword {
  password: string;
  passwordAgain: string;
}

/** @throws Problem `password_refused` where the second one is not the same */
export function requireSamePassword({ password, passwordAgain }: NewPassword): void {
  if (password !== passwordAgain) throw passwordRefused('passwords_differ', 'The two passwords are not the same.');
}

/** Judges a portal user's new password, a limited number of times. @throws Problem `password_refused`, `unavailable` */
export async function requireGoodPortalPassword(
  services: Pick<Services, 'database'>,
  portal: Portal,
  { email, emailKey, name }: Contact,
  password: string,
): Promise<void> {
  await countPasswordChoice(services, `portal_${portal.slug}`, emailKey);
  await requireGoodPassword(password, [email, name, portal.name]);
}

/**
 * Gives a confirmed portal user another password than the one that was loaded, and signs them out everywhere. They are told by
 * e-mail, unless it is their first password. A link resets the failed sign-ins, so that they can sign in at once.
 *
 * @param user with the password loaded
 * @returns the new password's hash; undefined where the loaded password was replaced a moment ago, or the portal user
 *   deactivated: nothing is changed then
 */
export async function replacePortalUserPassword(
  services: Services,
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
    if (passwordHash) await tellOfNewPassword(unit, services, user as unknown as PortalUser);
    return newHash;
  });
}

/** So that somebody whose account was taken over finds out. */
async function tellOfNewPassword(unit: UnitOfWork, services: Services, user: PortalUser): Promise<void> {
  const { email, name } = user.contact.getEntity();
  const occasion = { name, locale: user.locale, changedAt: await readClock(unit.em) };
  await queueAccountEmail(unit, services, {
    kind: 'password_changed',
    portalUser: user.id,
    toAddress: email,
    content: passwordChangedContent(services.publicUrl, user.portal.getEntity(), occasion),
  });
}
