import { reactivate } from '../../db/decide.ts';
import { type BulkAction, Event } from '../../db/entities/index.ts';
import { linkObstacle } from '../../db/queries/re-invite-obstacles.ts';
import type { BulkOutcome } from '../../workflows/vocabulary.ts';
import type { Dependencies } from '../dependencies.ts';
import { withPortalUser } from '../with-portal-user.ts';

/**
 * Gives one portal user's access back. Who never confirmed is invited anew, unless the portal's limits forbid the e-mail; if
 * Temporal is down just then, the housekeeping sees to it. Safe to repeat: one bulk action does it once.
 */
export async function reactivatePortalUser(
  { database, startInvitation }: Pick<Dependencies, 'database' | 'startInvitation'>,
  { id, actor, portal }: BulkAction,
  portalUserId: string,
): Promise<BulkOutcome> {
  const onceKey = `reactivated/${id}`;
  const { outcome, generation } = await withPortalUser(database, portalUserId, async (em, user) => {
    if (user.confirmationStatus === 'deactivated') {
      const obstacle = user.confirmedAt ? undefined : await linkObstacle(em, user.id);
      if (obstacle !== undefined) return { outcome: obstacle.refusal, generation: undefined };
      const status = reactivate(em, user, { actor, onceKey });
      return { outcome: 'done' as const, generation: status === 'not_confirmed' ? user.generation : undefined };
    }
    const wasUs = (await em.count(Event, { portalUser: user, onceKey })) > 0;
    return { outcome: wasUs ? ('done' as const) : ('not_deactivated' as const), generation: undefined };
  });
  if (generation !== undefined) await startInvitation({ portalUserId, portalId: portal.id, generation });
  return outcome;
}
