import { inviteeObstacle } from '../../db/queries/link-limits.ts';
import { Refusal } from '../../vocabulary/refusal.ts';
import { replaceLinks } from '../portal-users/re-invite.ts';
import type { CommandServices } from '../services.ts';
import {
  type AddressGuess,
  type ConfirmationLink,
  requireInvitedAddress,
  requireLinkState,
} from './confirmation-link.ts';

/**
 * Mails a new link to an invitee whose newest link expired and who types the invited address: holding a link alone must
 * change nothing. Staff's cool-down and cap neither apply nor are used up.
 *
 * @idempotent a link is replaced once
 * @throws Refusal `invalid_request` for another address, `too_many_attempts`
 * @throws Refusal `link_not_expired`, `link_superseded`, `already_confirmed`, `deactivated`
 * @throws Refusal `re_invite_cap_reached`, or `unavailable` where Temporal is down
 */
export async function askForNewLink(
  services: CommandServices,
  link: ConfirmationLink,
  typed: AddressGuess,
): Promise<void> {
  requireLinkState(link, 'link_expired');
  await requireInvitedAddress(services, link, typed);
  const { user } = link;
  const obstacle = await inviteeObstacle(services.database.em.fork(), user.id);
  if (obstacle !== undefined) {
    throw new Refusal('re_invite_cap_reached', {
      detail: 'Several new links were sent within 24 hours. Use the newest one, or ask the help desk.',
      retryAfter: obstacle.retryAfterSeconds,
    });
  }
  const newest = { user, generation: user.generation };
  const outcome = (await replaceLinks(services, [newest], 'portal_user')).get(user.id);
  if (outcome instanceof Refusal) throw outcome;
}
