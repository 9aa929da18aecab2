import type { EntityManager } from '../../db/database.ts';
import type { Portal, PortalUser } from '../../db/entities/index.ts';
import {
  type AskedLink,
  awaitReInvites,
  type ReInviteResult,
  readReInvites,
} from '../../db/queries/await-re-invites.ts';
import { type ReInviteObstacle, reInviteObstacles } from '../../db/queries/re-invite-obstacles.ts';
import type { Actor } from '../../workflows/vocabulary.ts';
import { Problem } from '../problem.ts';
import type { Services } from '../services.ts';
import { orReadAgain } from './or-read-again.ts';
import { decidedProblem } from './require-not-confirmed.ts';

/** `accepted`: the e-mail with the new link is queued or sent. `pending`: nobody knows yet; a worker will record it. */
export type ReInviteOutcome = 'accepted' | 'pending' | Problem;

/**
 * Asks for a new confirmation link for each user who may have one now, and waits a few seconds for what becomes of it. Safe
 * to repeat: two calls at once replace the same link only once.
 *
 * @returns by id; a Problem where the user may have none, or where a confirmation or a deactivation came first
 */
export async function reInvite(
  services: Services,
  em: EntityManager,
  portal: Portal,
  users: PortalUser[],
  actor: Actor,
): Promise<Map<string, ReInviteOutcome>> {
  const obstacles = await reInviteObstacles(
    em,
    users.map(({ id }) => id),
  );
  const refused = users.flatMap(({ id }): [string, ReInviteOutcome][] => {
    const obstacle = obstacles.get(id);
    return obstacle === undefined ? [] : [[id, obstacleProblem(obstacle, portal)]];
  });
  const allowed = users.filter(({ id }) => !obstacles.has(id));
  return new Map([...refused, ...(await replaceLinks(services, allowed, actor))]);
}

/** Replaces the link of each of the users, whatever the portal's policy, and says what became of it. Safe to repeat. */
export async function replaceLinks(
  { invitations, database }: Services,
  users: PortalUser[],
  actor: Actor,
): Promise<Map<string, ReInviteOutcome>> {
  const outcomes = new Map<string, ReInviteOutcome>();
  const asked: AskedLink[] = [];
  await Promise.all(
    users.map(async (user) => {
      const link = { portalUserId: user.id, generation: user.generation };
      try {
        const result = await orReadAgain<ReInviteResult | 'asked'>(
          () => invitations.reInvite(user, user.generation, actor).then(() => 'asked'),
          async () => (await readReInvites(database.em.fork(), [link])).get(user.id),
        );
        if (result === 'asked') asked.push(link);
        else outcomes.set(user.id, outcomeOf(result));
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        outcomes.set(user.id, error);
      }
    }),
  );
  // The signals are received: while Postgres cannot say what came of them, nobody knows yet.
  const unknown = new Map<string, ReInviteResult>();
  const results = await awaitReInvites(database, asked).catch(() => unknown);
  for (const { portalUserId } of asked) outcomes.set(portalUserId, outcomeOf(results.get(portalUserId)));
  return outcomes;
}

function outcomeOf(result: ReInviteResult | undefined): ReInviteOutcome {
  switch (result) {
    case undefined:
      return 'pending';
    case 'already_confirmed':
      return decidedProblem('confirmed');
    case 'deactivated':
      return decidedProblem('deactivated');
    case 'erased':
      return new Problem('not_found');
    default:
      return 'accepted';
  }
}

/** The problem of a user who is mailed no new link now, also where a reactivation or a correction would mail one. */
export function obstacleProblem(
  { refusal, retryAfterSeconds }: ReInviteObstacle,
  { reInviteDailyCap }: Portal,
): Problem {
  const details = {
    already_confirmed: undefined,
    deactivated: 'Reactivate the portal user first.',
    re_invite_too_soon: `The next e-mail to this address can be sent in ${retryAfterSeconds} seconds.`,
    re_invite_cap_reached: `This address was mailed ${reInviteDailyCap === 1 ? '1 new link' : `${reInviteDailyCap} new links`} within 24 hours, which is the portal's limit.`,
  };
  const detail = details[refusal];
  return new Problem(refusal, {
    ...(detail !== undefined && { detail }),
    ...(retryAfterSeconds !== null && { retryAfter: retryAfterSeconds }),
  });
}
