import type { EntityManager } from '../../db/database.ts';
import type { Portal, PortalUser } from '../../db/entities/index.ts';
import { reInvitesSince } from '../../db/queries/re-invites-since.ts';
import type { Actor } from '../../workflows/vocabulary.ts';
import { Problem } from '../problem.ts';
import type { Services } from '../services.ts';
import { requireNotConfirmed } from './require-not-confirmed.ts';

const DAY_MS = 86_400_000;

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
  const now = new Date();
  const since = new Date(now.getTime() - DAY_MS);
  const today = await reInvitesSince(
    em,
    users.map(({ id }) => id),
    since,
  );

  const outcomes = new Map<string, 'accepted' | Problem>();
  await Promise.all(
    users.map(async (user) => {
      try {
        requireNotConfirmed(user);
        requireCooledDown(portal, user, now);
        requireBelowCap(portal, today.get(user.id) ?? [], now);
        await invitations.reInvite(user, user.generation, actor);
        outcomes.set(user.id, 'accepted');
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        outcomes.set(user.id, error);
      }
    }),
  );
  return outcomes;
}

/** Counts from the last e-mail, and from the asking for one that is on its way: a second click asks for no other. */
function requireCooledDown({ reInviteCooldownSeconds }: Portal, user: PortalUser, now: Date): void {
  const { lastSentAt, delivery, queuedAt } = user;
  const last = Math.max(lastSentAt?.getTime() ?? 0, delivery === 'queued' ? queuedAt.getTime() : 0);
  const wait = Math.ceil(reInviteCooldownSeconds - (now.getTime() - last) / 1000);
  if (wait > 0) {
    throw new Problem('re_invite_too_soon', { detail: `Try again in ${wait} seconds.`, retryAfter: wait });
  }
}

function requireBelowCap({ reInviteDailyCap }: Portal, today: Date[], now: Date): void {
  const oldestThatCounts = today[reInviteDailyCap - 1];
  if (oldestThatCounts === undefined) return;
  throw new Problem('re_invite_cap_reached', {
    detail: `There were ${reInviteDailyCap} re-invites within 24 hours, which is the portal's limit.`,
    retryAfter: Math.ceil((oldestThatCounts.getTime() + DAY_MS - now.getTime()) / 1000),
  });
}
