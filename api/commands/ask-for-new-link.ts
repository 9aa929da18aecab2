import { inviteeObstacle } from '../../db/queries/re-invite-obstacles.ts';
import { Problem } from '../problem.ts';
import type { Services } from '../services.ts';
import { type LinkHolder, requireExpiredLink } from './open-confirmation-link.ts';
import { replaceLinks } from './re-invite.ts';
import { requireInvitedAddress, type TypedAddress } from './require-invited-address.ts';

/**
 * Has a new link mailed to an invitee whose newest link expired and who types the invited address: holding a link alone must
 * change nothing. Safe to repeat: a link is replaced once. Staff's cool-down and cap are not looked at, nor used up.
 *
 * @throws Problem `invalid_request` where it is another address, `too_many_attempts`
 * @throws Problem `link_not_expired`, `link_superseded`, `already_confirmed`, `deactivated`
 * @throws Problem `re_invite_cap_reached`, or `unavailable` where Temporal is down
 */
export async function askForNewLink(services: Services, holder: LinkHolder, typed: TypedAddress): Promise<void> {
  requireExpiredLink(holder);
  await requireInvitedAddress(services, holder, typed);
  const obstacle = await inviteeObstacle(services.database.em.fork(), holder.user.id);
  if (obstacle !== undefined) {
    throw new Problem('re_invite_cap_reached', {
      detail: 'Several new links were sent within 24 hours. Use the newest one, or ask the help desk.',
      retryAfter: obstacle.retryAfterSeconds,
    });
  }
  const outcome = (await replaceLinks(services, [holder.user], 'portal_user')).get(holder.user.id);
  if (outcome instanceof Problem) throw outcome;
}
