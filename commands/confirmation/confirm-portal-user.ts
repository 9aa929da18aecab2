import { PortalUser } from '../../db/entities/index.ts';
import { discardPendingPassword } from '../../db/statements/change-confirmation-status.ts';
import { Refusal } from '../../vocabulary/refusal.ts';
import type { ConfirmationStatus } from '../../vocabulary/statuses.ts';
import {
  accountOfPortalUser,
  type NewPassword,
  requireGoodNewPassword,
  requireSamePassword,
} from '../passwords/new-password.ts';
import { hashPassword, verifyPassword } from '../passwords/password.ts';
import type { CommandServices } from '../services.ts';
import { countPasswordChoice } from '../sign-in/guess-limits.ts';
import { resetFailedSignIns } from '../sign-in/sign-in-limits.ts';
import { callOrReadRecord, readDecision } from '../temporal-outages.ts';
import {
  type AddressGuess,
  type ConfirmationLink,
  readLinkAgain,
  requireInvitedAddress,
  requireLinkState,
} from './confirmation-link.ts';

/** `pending`: the workflow has received the confirmation but not recorded it within a few seconds. */
export type ConfirmationResult = 'confirmed' | 'pending';

/**
 * Confirms a portal user by a link and sets the password, in one step: the hash is stored first, where it opens nothing, and
 * becomes the password when the workflow records the confirmation.
 *
 * @idempotent also for a form that is submitted twice: see {@link resultOfRace}
 * @throws Refusal `already_confirmed`, `deactivated`, `link_superseded`, `link_expired`
 * @throws Refusal `password_refused`
 * @throws Refusal `unavailable` where Temporal has not answered and the user is still Not Confirmed; the link can be used again
 */
export async function confirmByPassword(
  services: CommandServices,
  link: ConfirmationLink,
  typed: NewPassword,
): Promise<ConfirmationResult> {
  requireLinkState(link, 'usable', 'just_used');
  requireSamePassword(typed);
  const { user, contact, portal, generation } = link;
  const { password } = typed;
  const account = accountOfPortalUser(portal, contact);
  if (link.state === 'just_used') {
    await countPasswordChoice(services, account.area, account.emailKey); // a used link must not serve to guess
    const now = await readLinkAgain(services, link);
    if (await verifyPassword(password, now.user.passwordHash)) return 'confirmed';
    requireLinkState(link, 'usable');
  }
  await requireGoodNewPassword(services, account, typed);

  const pendingPasswordHash = await hashPassword(password);
  const em = services.database.em.fork();
  const ifStillUsable = { id: user.id, generation, confirmationStatus: 'not_confirmed' } as const;
  const isStored = (await em.nativeUpdate(PortalUser, ifStillUsable, { pendingPasswordHash })) === 1;
  // The mailbox is proved to be theirs: earlier failed sign-ins with this address must not keep them out.
  if (isStored) await resetFailedSignIns(em, account.area, account.emailKey);
  const outcome = isStored ? await confirmInvitation(services, user) : undefined;
  return resultOfRace(services, link, outcome, async ({ user: { confirmationStatus, passwordHash } }) => {
    if (confirmationStatus !== 'confirmed') return false;
    // The salt is random: an equal hash is the one that this request stored. The same password in another request has another hash.
    return passwordHash === pendingPasswordHash || verifyPassword(password, passwordHash);
  });
}

/**
 * Confirms a portal user by a link, at a portal whose customers use a site of their own: they type the address that was
 * invited, which a program that opens links does not know, and choose no password.
 *
 * @idempotent
 * @throws Refusal `already_confirmed`, `deactivated`, `link_superseded`, `link_expired`
 * @throws Refusal `invalid_request` for another address, `too_many_attempts`
 * @throws Refusal `unavailable` where Temporal has not answered and the user is still Not Confirmed; the link can be used again
 */
export async function confirmByAddress(
  services: CommandServices,
  link: ConfirmationLink,
  typed: AddressGuess,
): Promise<ConfirmationResult> {
  requireLinkState(link, 'usable', 'just_used');
  await requireInvitedAddress(services, link, typed);
  if (link.state === 'just_used') return 'confirmed';
  const { user, generation } = link;
  // A password of an earlier attempt, while the portal had no site of its own, must not become the password.
  const isUsable = await discardPendingPassword(services.database.em.fork(), { portalUserId: user.id, generation });
  const outcome = isUsable ? await confirmInvitation(services, user) : undefined;
  if (outcome === 'confirmed') return outcome;
  return resultOfRace(services, link, outcome, async ({ state }) => state === 'just_used');
}

async function confirmInvitation(services: CommandServices, user: PortalUser): Promise<ConfirmationStatus | 'pending'> {
  return callOrReadRecord(
    () => services.invitations.confirm(user),
    () => readDecision(services, user.id),
  );
}

/**
 * What this request made of the link. Two requests can use one link at once, and a re-invite or a deactivation can come in
 * between. The workflow confirms once, with the password that was stored last before that, and responds `confirmed` to all of
 * them. So the record decides, not the response: only a request whose password or address is the one that counts is told
 * `confirmed`, or a person would believe that they have a password which somebody else has replaced.
 *
 * @param outcome of the workflow; undefined where the link was not usable any more and the workflow was not called
 * @param isOurs whether the confirmation on record is the one that this request asked for
 * @throws Refusal for the state in which the other request left the link
 * @throws Refusal `unavailable` where the link is still usable and nobody knows more
 */
async function resultOfRace(
  services: CommandServices,
  link: ConfirmationLink,
  outcome: ConfirmationStatus | 'pending' | undefined,
  isOurs: (now: ConfirmationLink) => Promise<boolean>,
): Promise<ConfirmationResult> {
  const now = await readLinkAgain(services, link);
  if (await isOurs(now)) return 'confirmed';
  requireLinkState(now, 'usable');
  if (outcome === 'pending') return outcome;
  throw new Refusal('unavailable', { retryAfter: 5 });
}
