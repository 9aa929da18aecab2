import { deactivateConfirmed } from '../../db/decide.ts';
import { PortalUser } from '../../db/entities/index.ts';
import type { Actor } from '../../workflows/vocabulary.ts';
import type { Services } from '../services.ts';
import { orReadAgain, readDecision } from './or-read-again.ts';

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
  if (user.confirmationStatus === 'not_confirmed') {
    const outcome = await orReadAgain(
      () => services.invitations.deactivate(user, actor),
      () => readDecision(services, user.id),
    );
    if (outcome === 'pending') return reload(services, user, true);
  }
  await deactivateConfirmed(services.database, user.id, actor);
  return reload(services, user, false);
}

async function reload({ database }: Services, { id }: PortalUser, isPending: boolean) {
  const user = await database.em.fork().findOneOrFail(PortalUser, id, { populate: ['contact'] });
  return { user, isPending: isPending && user.confirmationStatus === 'not_confirmed' };
}
