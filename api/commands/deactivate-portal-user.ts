import { deactivateConfirmed } from '../../db/decide.ts';
import { PortalUser } from '../../db/entities/index.ts';
import type { Actor, ConfirmationStatus } from '../../workflows/vocabulary.ts';
import type { Services } from '../services.ts';
import { orReadAgain, readDecision } from './or-read-again.ts';

/**
 * A run that was ending when it received the signal has ended by an earlier deactivation, which a reactivation has undone since: the
 * signal is sent again, and starts another run.
 */
const ATTEMPTS = 3;

/**
 * Takes a portal user's access away: before confirmation through the workflow, which deactivates also where the confirmation
 * was first; after it at once, since no workflow is left. Safe to repeat.
 *
 * @returns the user as it is now, and whether a worker has yet to record the deactivation. One that was recorded may have been
 *   undone since by a reactivation.
 * @throws Problem `unavailable` where Temporal has not answered and the user is still Not Confirmed
 */
export async function deactivatePortalUser(
  services: Services,
  user: PortalUser,
  actor: Actor,
): Promise<{ user: PortalUser; isPending: boolean }> {
  for (let attempt = 1; ; attempt += 1) {
    const isPending = (await decideOf(services, user, actor)) === 'pending';
    if (!isPending) await deactivateConfirmed(services.database, user.id, actor);
    const now = await services.database.em.fork().findOneOrFail(PortalUser, user.id, { populate: ['contact'] });
    const isNotConfirmed = now.confirmationStatus === 'not_confirmed';
    const wasDeactivated = now.deactivationCount > user.deactivationCount;
    if (!isNotConfirmed || wasDeactivated) return { user: now, isPending: false };
    if (isPending || attempt === ATTEMPTS) return { user: now, isPending: true };
  }
}

async function decideOf(services: Services, user: PortalUser, actor: Actor): Promise<ConfirmationStatus | 'pending'> {
  if (user.confirmationStatus !== 'not_confirmed') return user.confirmationStatus;
  return orReadAgain<ConfirmationStatus | 'pending'>(
    () => services.invitations.deactivate(user, actor),
    () => readDecision(services, user.id),
  );
}
