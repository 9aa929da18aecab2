import { PortalUser } from '../../db/entities/index.ts';
import { deactivateConfirmed } from '../../db/statements/change-confirmation-status.ts';
import type { Actor } from '../../vocabulary/events.ts';
import { Refusal } from '../../vocabulary/refusal.ts';
import type { ConfirmationStatus } from '../../vocabulary/statuses.ts';
import type { CommandServices } from '../services.ts';
import { callOrReadRecord, readDecision } from '../temporal-outages.ts';

/**
 * A run that was ending when it received the signal has ended by an earlier deactivation, which a reactivation has undone since: the
 * signal is sent again, and starts another run.
 */
const ATTEMPTS = 3;

type DeactivationServices = Pick<CommandServices, 'database' | 'invitations'>;

/**
 * Takes a portal user's access away: before confirmation through the workflow, which deactivates also where the confirmation
 * was first; after it at once, since no workflow is left.
 *
 * @idempotent
 * @returns the user as it is now, and whether a worker has yet to record the deactivation. One that was recorded may have been
 *   undone since by a reactivation.
 * @throws Refusal `not_found` where the user was erased
 * @throws Refusal `unavailable` where Temporal has not responded and the user is still Not Confirmed
 */
export async function deactivatePortalUser(
  services: DeactivationServices,
  user: PortalUser,
  actor: Actor,
): Promise<{ user: PortalUser; isPending: boolean }> {
  for (let attempt = 1; ; attempt += 1) {
    const isPending = (await endInvitation(services, user, actor)) === 'pending';
    if (!isPending) await deactivateConfirmed(services.database, user.id, actor);
    const now = await services.database.em.fork().findOne(PortalUser, user.id, { populate: ['contact'] });
    if (now === null) throw new Refusal('not_found');
    const isNotConfirmed = now.confirmationStatus === 'not_confirmed';
    const wasDeactivated = now.deactivationCount > user.deactivationCount;
    if (!isNotConfirmed || wasDeactivated) return { user: now, isPending: false };
    if (isPending || attempt === ATTEMPTS) return { user: now, isPending: true };
  }
}

/** @returns how the invitation has ended, by this deactivation or before it */
async function endInvitation(
  services: DeactivationServices,
  user: PortalUser,
  actor: Actor,
): Promise<ConfirmationStatus | 'pending'> {
  if (user.confirmationStatus !== 'not_confirmed') return user.confirmationStatus;
  return callOrReadRecord<ConfirmationStatus | 'pending'>(
    () => services.invitations.deactivate(user, actor),
    () => readDecision(services, user.id),
  );
}
