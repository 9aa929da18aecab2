import { PortalUser } from '../../db/entities/index.ts';
import { hashPassword } from '../password.ts';
import { Problem } from '../problem.ts';
import type { Services } from '../services.ts';
import { resetFailedSignIns } from '../sign-in/sign-in-limits.ts';
import { type LinkHolder, requireUsableLink } from './open-confirmation-link.ts';
import { requireGoodPortalPassword } from './replace-portal-user-password.ts';

/**
 * Confirms a portal user by a link and sets the password, in one step: the hash is put down first, where it opens
 * nothing, and becomes the password when the workflow records the confirmation. Safe to repeat; of several calls at once
 * only the one whose password it became is told `confirmed`.
 *
 * @returns `pending` if the workflow has taken it but not recorded it within a few seconds
 * @throws Problem `already_confirmed`, `deactivated`, `link_superseded`, `link_expired`, `password_refused`
 * @throws Problem `unavailable` where Temporal is down; the link can be used again
 */
export async function confirmPortalUser(
  services: Services,
  holder: LinkHolder,
  password: string,
): Promise<'confirmed' | 'pending'> {
  requireUsableLink(holder);
  const { user, contact, portal, generation } = holder;
  await requireGoodPortalPassword(services, portal, contact, password);

  const em = services.database.em.fork();
  const ifStillUsable = { id: user.id, generation, confirmationStatus: 'not_confirmed' } as const;
  const pendingPasswordHash = await hashPassword(password);
  const kept = await em.nativeUpdate(PortalUser, ifStillUsable, { pendingPasswordHash });
  // They proved that the mailbox is theirs; what failed at this address before must not keep them out.
  if (kept === 1) await resetFailedSignIns(em, `portal_${portal.slug}`, contact.emailKey);
  const outcome = kept === 1 ? await services.invitations.confirm(user) : undefined;

  const current = await em.findOneOrFail(PortalUser, user.id, { populate: ['passwordHash'] });
  if (current.passwordHash === pendingPasswordHash) return 'confirmed';
  // Somebody else was first (a re-invite, a deactivation, the same form sent twice): say which.
  requireUsableLink({ ...holder, user: current });
  if (outcome === 'pending') return outcome;
  throw new Problem('unavailable', { retryAfter: 5 });
}
