import { z } from 'zod';
import { deactivatePortalUser } from '../../commands/portal-users/deactivate-portal-user.ts';
import { reInvitePortalUsers } from '../../commands/portal-users/re-invite.ts';
import type { EntityManager } from '../../db/database.ts';
import type { Portal, PortalUser } from '../../db/entities/index.ts';
import { findPortalUsers } from '../../db/queries/list-portal-users.ts';
import { Slug } from '../../schemas/portal.ts';
import { PortalUserIds } from '../../schemas/portal-user.ts';
import { Id } from '../../schemas/text.ts';
import type { Actor } from '../../vocabulary/events.ts';
import { Refusal } from '../../vocabulary/refusal.ts';
import type { ApiResponse } from '../../web/idempotency.ts';
import { problemJson, statusOf, toRefusal } from '../../web/problem.ts';
import type { Services } from '../../web/services.ts';
import { portalEndpoint } from '../endpoint.ts';

const tag = 'Invitations';
const params = z.object({ portal: Slug });

const RowAnswers = z
  .object({
    data: z.array(
      z.object({
        id: Id,
        status: z.int().meta({ description: 'What a call for this user alone would have answered.' }),
        problem: z.object({ code: z.string() }).loose().optional(),
      }),
    ),
  })
  .meta({ id: 'RowAnswers' });

export const bulk = [
  portalEndpoint({
    method: 'post',
    path: '/v1/portals/{portal}/users/re-invite',
    tag,
    summary: 'Mail new confirmation links to several',
    access: 'portal',
    params,
    body: PortalUserIds,
    answers: { 200: { description: 'An answer per id, in their order.', schema: RowAnswers } },
    handle: ({ portal, body: { ids }, actor }, services) => {
      const em = services.database.em.fork();
      return respondPerRow(em, portal, ids, 202, (users) => {
        const links = users.map((user) => ({ user, generation: user.generation }));
        return reInvitePortalUsers(services, portal, links, actor);
      });
    },
  }),
  portalEndpoint({
    method: 'post',
    path: '/v1/portals/{portal}/users/deactivate',
    tag,
    summary: "Take several portal users' access away",
    access: 'portal',
    params,
    body: PortalUserIds,
    answers: { 200: { description: 'An answer per id, in their order.', schema: RowAnswers } },
    handle: ({ portal, body: { ids }, actor }, services) =>
      respondPerRow(services.database.em.fork(), portal, ids, 200, (users) => deactivateEach(services, users, actor)),
  }),
];

async function deactivateEach(services: Services, users: PortalUser[], actor: Actor): Promise<Map<string, RowOutcome>> {
  const outcomes = users.map(async (user): Promise<[string, RowOutcome]> => {
    try {
      const { isPending } = await deactivatePortalUser(services, user, actor);
      return [user.id, isPending ? 'pending' : 'accepted'];
    } catch (error) {
      return [user.id, toRefusal(error, services.logger)];
    }
  });
  return new Map(await Promise.all(outcomes));
}

/** Fewer than the pool can serve within its patience, enough to keep Temporal busy. */
const AT_A_TIME = 25;

/** What became of one row: done, taken but not recorded yet, or why not. */
export type RowOutcome = 'accepted' | 'pending' | Refusal;

/**
 * Acts on the users some at a time, so that neither Temporal nor the pool is flooded, and answers for each id in its order.
 * The first ones that find Temporal or Postgres down spare the others the attempt.
 *
 * @throws Refusal `unavailable` where nothing was done
 */
async function respondPerRow(
  em: EntityManager,
  portal: Portal,
  ids: string[],
  accepted: number,
  act: (users: PortalUser[]) => Promise<Map<string, RowOutcome>>,
): Promise<ApiResponse> {
  const users = await findPortalUsers(em, portal.id, ids);
  const outcomes = new Map<string, RowOutcome>();
  let down: Refusal | undefined;
  for (let next = 0; next < users.length && down === undefined; next += AT_A_TIME) {
    const some = await act(users.slice(next, next + AT_A_TIME));
    down = allDown([...some.values()]);
    if (down !== undefined && next === 0) throw down;
    for (const [id, outcome] of some) outcomes.set(id, outcome);
  }

  const known = new Set(users.map(({ id }) => id));
  const data = [...new Set(ids)].map((id) => {
    const outcome = outcomes.get(id) ?? (known.has(id) ? down! : new Refusal('not_found'));
    if (outcome instanceof Refusal) return { id, status: statusOf(outcome), problem: problemJson(outcome) };
    return { id, status: outcome === 'accepted' ? accepted : 202 };
  });
  return { status: 200, body: { data } };
}

function allDown(outcomes: RowOutcome[]): Refusal | undefined {
  const problems = outcomes.filter((outcome) => outcome instanceof Refusal && outcome.code === 'unavailable');
  return problems.length === outcomes.length ? (problems[0] as Refusal | undefined) : undefined;
}
