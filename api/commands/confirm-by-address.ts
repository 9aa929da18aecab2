import { PortalUser } from '../../db/entities/index.ts';
import { discardPendingPassword } from '../../db/statements/discard-pending-password.ts';
import { Problem } from '../problem.ts';
import type { Services } from '../services.ts';
import { isJustUsed, type LinkHolder, requireUsableLink } from './open-confirmation-link.ts';
import { orReadAgain, readDecision } from './or-read-again.ts';
import { requireInvitedAddress, type TypedAddress } from './require-invited-address.ts';

/**
 * Confirms a portal user by a link, at a portal whose customers use a site of their own: they type the address that was
 * invited, which a program that opens links does not know, and choose no password. Safe to repeat.
 *
 * @returns `pending` if the workflow has taken it but not recorded it within a few seconds
 * @throws Problem `invalid_request` where it is another address, `too_many_attempts`
 * @throws Problem `already_confirmed`, `deactivated`, `link_superseded`, `link_expired`
 * @throws Problem `unavailable` where Temporal has not answered and the user is still Not Confirmed; the link can be used again
 */
export async function confirmByAddress(
  services: Services,
  holder: LinkHolder,
  typed: TypedAddress,
): Promise<'confirmed' | 'pending'> {
  if (!isJustUsed(holder)) requireUsableLink(holder);
  const { user, generation } = holder;
  await requireInvitedAddress(services, holder, typed);
  if (isJustUsed(holder)) return 'confirmed';
  const em = services.database.em.fork();
  // Of an earlier attempt, while the portal had no site of its own: it must not become the password.
  const isUsable = await discardPendingPassword(em, { portalUserId: user.id, generation });
  const outcome = isUsable
    ? await orReadAgain(
        () => services.invitations.confirm(user),
        () => readDecision(services, user.id),
      )
    : undefined;
  if (outcome === 'confirmed') return outcome;

  // Somebody else was first (a re-invite, a deactivation): say which.
  const current = { ...holder, user: await em.fork().findOneOrFail(PortalUser, user.id) };
  if (isJustUsed(current)) return 'confirmed';
  requireUsableLink(current);
  if (outcome === 'pending') return outcome;
  throw new Problem('unavailable', { retryAfter: 5 });
}
