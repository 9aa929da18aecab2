import type { EntityManager } from '../../db/database.ts';
import { deactivateConfirmed } from '../../db/decide.ts';
import { PortalUser } from '../../db/entities/index.ts';
import type { Actor } from '../../workflows/vocabulary.ts';
import type { Services } from '../services.ts';

/**
 * Takes a portal user's access away: before confirmation through the workflow, which decides what was first; after it
 * at once, since no workflow is left. Safe to repeat.
 *
 * @returns the user as it is now: still Not Confirmed if the worker has not got to it within a few seconds
 * @throws Problem `unavailable` where Temporal is down; nothing was changed
 */
export async function deactivatePortalUser(services: Services, user: PortalUser, actor: Actor): Promise<PortalUser> {
  if (user.confirmationStatus === 'not_confirmed') {
    const outcome = await services.invitations.deactivate(user, actor);
    if (outcome === 'pending') return reload(services.database.em.fork(), user);
  }
  await deactivateConfirmed(services.database, user.id, actor);
  return reload(services.database.em.fork(), user);
}

async function reload(em: EntityManager, { id }: PortalUser): Promise<PortalUser> {
  return em.findOneOrFail(PortalUser, id, { populate: ['contact'] });
}
