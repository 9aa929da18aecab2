import type { Portal, PortalUser } from '../../db/entities/index.ts';
import { type ReInviteObstacle, reInviteObstacles } from '../../db/queries/link-limits.ts';
import { type ReInviteResult, readReInvites } from '../../db/queries/read-re-invites.ts';
import type { Actor } from '../../vocabulary/events.ts';
import { Refusal } from '../../vocabulary/refusal.ts';
import type { CommandServices } from '../services.ts';
import { OUTAGE_POLL_LIMIT_MS, pollRecord } from '../temporal-outages.ts';
import { invitationEndedRefusal, requirePortalUser } from './require-status.ts';

/** `accepted`: the e-mail with the new link is queued or sent. `pending`: no worker has recorded it yet, but one will. */
export type ReInviteOutcome = 'accepted' | 'pending' | Refusal;

/** A portal user and the generation of the link that a new one replaces. */
export interface LinkToReplace {
  user: PortalUser;
  generation: number;
}

type ReInviteServices = Pick<CommandServices, 'database' | 'invitations'>;

/**
 * Mails a portal user a new confirmation link, if they may have one now, and waits a few seconds for the result.
 *
 * @idempotent two calls at once replace the same link once
 * @returns the user as they are now, and whether a worker has yet to record the request
 * @throws Refusal `already_confirmed`, `deactivated`, `re_invite_too_soon`, `re_invite_cap_reached`
 * @throws Refusal `not_found`, or `unavailable` where Temporal is down
 */
export async function reInvitePortalUser(
  services: ReInviteServices,
  portal: Portal,
  user: PortalUser,
  actor: Actor,
): Promise<{ user: PortalUser; isPending: boolean }> {
  const link = { user, generation: user.generation };
  const outcome = (await reInvitePortalUsers(services, portal, [link], actor)).get(user.id)!;
  if (outcome instanceof Refusal) throw outcome;
  if (outcome === 'pending') return { user, isPending: true };
  return { user: await requirePortalUser(services.database.em.fork(), portal, user.id), isPending: false };
}

/**
 * As {@link reInvitePortalUser}, for several users at once. A link that was replaced before is not replaced again, and counts as
 * accepted.
 *
 * @returns by id
 */
export async function reInvitePortalUsers(
  services: ReInviteServices,
  portal: Portal,
  links: LinkToReplace[],
  actor: Actor,
): Promise<Map<string, ReInviteOutcome>> {
  const obstacles = await reInviteObstacles(
    services.database.em.fork(),
    links.map(({ user }) => user.id),
  );
  const isAllowed = (link: LinkToReplace) => isReplaced(link) || !obstacles.has(link.user.id);
  const refused = links
    .filter((link) => !isAllowed(link))
    .map(({ user }) => [user.id, obstacleRefusal(obstacles.get(user.id)!, portal)] as const);
  return new Map([...refused, ...(await replaceLinks(services, links.filter(isAllowed), actor))]);
}

/** How long the record is polled for what became of received signals; usually milliseconds. */
const RESULT_LIMIT_MS = 3_000;

/**
 * Replaces links, whatever the portal's limits.
 *
 * @idempotent
 * @returns by id of the portal user
 */
export async function replaceLinks(
  { invitations, database }: ReInviteServices,
  links: LinkToReplace[],
  actor: Actor,
): Promise<Map<string, ReInviteOutcome>> {
  const failures = new Map<string, Refusal>();
  const signals = links.map(async (link) => {
    if (isReplaced(link)) return;
    const { user, generation } = link;
    try {
      await invitations.reInvite({ id: user.id, portal: user.portal, generation }, actor);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      failures.set(user.id, error);
    }
  });
  await Promise.all(signals);
  // A signal that failed may have been received all the same.
  const failed = links.filter(({ user }) => failures.has(user.id));
  const received = links.filter(({ user }) => !failures.has(user.id));
  const [lateResults, results] = await Promise.all([
    pollReInvites(database, failed, OUTAGE_POLL_LIMIT_MS),
    pollReInvites(database, received, RESULT_LIMIT_MS),
  ]);
  return new Map(
    links.map(({ user: { id } }) => {
      const result = results.get(id) ?? lateResults.get(id);
      return [id, result === undefined ? (failures.get(id) ?? 'pending') : outcomeOf(result)];
    }),
  );
}

function isReplaced({ user, generation }: LinkToReplace): boolean {
  return user.confirmationStatus === 'not_confirmed' && user.generation > generation;
}

/** @returns without the links that the record says nothing of within the limit, or while Postgres cannot be read */
async function pollReInvites(
  database: CommandServices['database'],
  links: LinkToReplace[],
  limitMs: number,
): Promise<Map<string, ReInviteResult>> {
  const results = new Map<string, ReInviteResult>();
  const isComplete = async () => {
    const waiting = links.filter(({ user }) => !results.has(user.id));
    const read = await readReInvites(
      database.em.fork(),
      waiting.map(({ user, generation }) => ({ portalUserId: user.id, generation })),
    );
    for (const [id, result] of read) results.set(id, result);
    return results.size === links.length || undefined;
  };
  await pollRecord(isComplete, limitMs).catch(() => undefined);
  return results;
}

function outcomeOf(result: ReInviteResult): 'accepted' | Refusal {
  switch (result) {
    case 'already_confirmed':
      return invitationEndedRefusal('confirmed');
    case 'deactivated':
      return invitationEndedRefusal('deactivated');
    case 'erased':
      return new Refusal('not_found');
    default:
      return 'accepted';
  }
}

/** The refusal to mail a user a new link now, also where a reactivation or a correction would mail one. */
export function obstacleRefusal(
  { refusal, retryAfterSeconds }: ReInviteObstacle,
  { reInviteDailyCap }: Portal,
): Refusal {
  const details = {
    already_confirmed: undefined,
    deactivated: 'Reactivate the portal user first.',
    re_invite_too_soon: `The next e-mail to this address can be sent in ${retryAfterSeconds} seconds.`,
    re_invite_cap_reached: `This address was mailed ${reInviteDailyCap === 1 ? '1 new link' : `${reInviteDailyCap} new links`} within 24 hours, which is the portal's limit.`,
  };
  const detail = details[refusal];
  return new Refusal(refusal, {
    ...(detail !== undefined && { detail }),
    ...(retryAfterSeconds !== null && { retryAfter: retryAfterSeconds }),
  });
}
