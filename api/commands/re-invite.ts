import type { EntityManager } from '../../db/database.ts';
import { type Portal, PortalUser } from '../../db/entities/index.ts';
import { type ReInviteObstacle, reInviteObstacles } from '../../db/queries/re-invite-obstacles.ts';
import type { Actor } from '../../workflows/vocabulary.ts';
import { Problem } from '../problem.ts';
import type { Services } from '../services.ts';
import { orReadAgain } from './or-read-again.ts';
import { requireNotConfirmed } from './require-not-confirmed.ts';

/**
 * Asks for a new confirmation link for each user who may have one now, and says by id what stands in the way of the others. Safe to repeat: two calls at once replace the same link only once.
 */
export async function reInvite(
  { invitations }: Services,
  em: EntityManager,
  portal: Portal,
  users: PortalUser[],
  actor: Actor,
): Promise<Map<string, 'accepted' | Problem>> {
  const obstacles = await reInviteObstacles(
    em,
    users.map(({ id }) => id),
  );
  const outcomes = new Map<string, 'accepted' | Problem>();
  await Promise.all(
    users.map(async (user) => {
      try {
        const obstacle = obstacles.get(user.id);
        if (obstacle !== undefined) throw problemOfObstacle(obstacle, portal);
        const accepted = await orReadAgain(
          () => invitations.reInvite(user, user.generation, actor).then(() => 'accepted' as const),
          () => replacementOf(em.fork(), user),
        );
        outcomes.set(user.id, accepted);
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        outcomes.set(user.id, error);
      }
    }),
  );
  return outcomes;
}

/** Whether the link was replaced since. @throws Problem `already_confirmed` or `deactivated` where that was first */
async function replacementOf(em: EntityManager, { id, generation }: PortalUser): Promise<'accepted' | undefined> {
  const current = await em.findOneOrFail(PortalUser, id);
  requireNotConfirmed(current);
  return current.generation > generation ? 'accepted' : undefined;
}

function problemOfObstacle({ refusal, retryAfterSeconds }: ReInviteObstacle, { reInviteDailyCap }: Portal): Problem {
  const details = {
    already_confirmed: undefined,
    deactivated: 'Reactivate the portal user first.',
    re_invite_too_soon: `Try again in ${retryAfterSeconds} seconds.`,
    re_invite_cap_reached: `There were ${reInviteDailyCap} re-invites within 24 hours, which is the portal's limit.`,
  };
  const detail = details[refusal];
  return new Problem(refusal, {
    ...(detail !== undefined && { detail }),
    ...(retryAfterSeconds !== null && { retryAfter: retryAfterSeconds }),
  });
}
