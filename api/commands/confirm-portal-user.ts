import { PortalUser } from '../../db/entities/index.ts';
import { hashPassword } from '../password.ts';
import { Problem } from '../problem.ts';
import type { Services } from '../services.ts';
import { isPassword } from '../sign-in/check-password.ts';
import { countPasswordChoice } from '../sign-in/password-choice-limit.ts';
import { resetFailedSignIns } from '../sign-in/sign-in-limits.ts';
import { isJustUsed, type LinkHolder, requireUsableLink } from './open-confirmation-link.ts';
import { orReadAgain, readDecision } from './or-read-again.ts';
import { requireGoodPortalPassword } from './replace-portal-user-password.ts';

/**
 * Confirms a portal user by a link and sets the password, in one step: the hash is recorded first, where it opens
 * nothing, and becomes the password when the workflow records the confirmation. Safe to repeat, also with a form that is
 * submitted twice: whoever typed the password that counts is told `confirmed`, and nobody else.
 *
 * @returns `pending` if the workflow has received it but not recorded it within a few seconds
 * @throws Problem `already_confirmed`, `deactivated`, `link_superseded`, `link_expired`, `password_refused`
 * @throws Problem `unavailable` where Temporal has not answered and the user is still Not Confirmed; the link can be used again
 */
export async function confirmPortalUser(
  services: Services,
  holder: LinkHolder,
  password: string,
): Promise<'confirmed' | 'pending'> {
  const { user, contact, portal, generation } = holder;
  const em = services.database.em.fork();
  if (isJustUsed(holder)) {
    await countPasswordChoice(services, `portal_${portal.slug}`, contact.emailKey); // a used link must not serve to guess
    const { passwordHash } = await em.fork().findOneOrFail(PortalUser, user.id, { populate: ['passwordHash'] });
    if (await isPassword(password, passwordHash)) return 'confirmed';
  }
  requireUsableLink(holder);
  await requireGoodPortalPassword(services, portal, contact, password);

  const ifStillUsable = { id: user.id, generation, confirmationStatus: 'not_confirmed' } as const;
  const pendingPasswordHash = await hashPassword(password);
  const kept = await em.nativeUpdate(PortalUser, ifStillUsable, { pendingPasswordHash });
  // They proved that the mailbox is theirs; what failed at this address before must not keep them out.
  if (kept === 1) await resetFailedSignIns(em, `portal_${portal.slug}`, contact.emailKey);
  const outcome =
    kept === 1
      ? await orReadAgain(
          () => services.invitations.confirm(user),
          () => readDecision(services, user.id),
        )
      : undefined;

  const current = await em.fork().findOneOrFail(PortalUser, user.id, { populate: ['passwordHash'] });
  if (current.confirmationStatus === 'confirmed') {
    // An equal hash is this call's: the salt is random. Another submission of the same password has another hash.
    const isOurs = current.passwordHash === pendingPasswordHash;
    if (isOurs || (await isPassword(password, current.passwordHash))) return 'confirmed';
  }
  // Somebody else was first (a re-invite, a deactivation, another password by the same link): say which.
  requireUsableLink({ ...holder, user: current });
  if (outcome === 'pending') return outcome;
  throw new Problem('unavailable', { retryAfter: 5 });
}
