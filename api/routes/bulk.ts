import { z } from 'zod';
import type { PortalUser } from '../../db/entities/index.ts';
import { findPortalUsers } from '../../db/queries/find-portal-users.ts';
import { deactivatePortalUser } from '../commands/deactivate-portal-user.ts';
import { reInvite } from '../commands/re-invite.ts';
import { portalEndpoint } from '../endpoint.ts';
import { Problem } from '../problem.ts';
import { Slug } from '../schemas/portal.ts';
import { PortalUserIds } from '../schemas/portal-user.ts';
import { Id } from '../schemas/text.ts';

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
    handle: async ({ portal, body: { ids }, actor }, services) => {
      const em = services.database.em.fork();
      const users = await findPortalUsers(em, portal.id, ids);
      const problems = await reInvite(services, em, portal, users, actor);
      return answerPerRow(ids, users, problems, () => 202);
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
    handle: async ({ portal, body: { ids }, actor }, services) => {
      const users = await findPortalUsers(services.database.em.fork(), portal.id, ids);
      const statuses = new Map<string, number>();
      const problems = new Map<string, Problem>();
      await Promise.all(
        users.map(async (user) => {
          try {
            const { confirmationStatus } = await deactivatePortalUser(services, user, actor);
            statuses.set(user.id, confirmationStatus === 'deactivated' ? 200 : 202);
          } catch (error) {
            if (!(error instanceof Problem)) throw error;
            problems.set(user.id, error);
          }
        }),
      );
      return answerPerRow(ids, users, problems, (id) => statuses.get(id)!);
    },
  }),
];

/** @throws Problem `unavailable` where that is all there is to say */
function answerPerRow(
  ids: string[],
  users: PortalUser[],
  problems: Map<string, Problem>,
  accepted: (id: string) => number,
) {
  const down = [...problems.values()].filter(({ code }) => code === 'unavailable');
  if (down[0] !== undefined && down.length === users.length) throw down[0];

  const known = new Set(users.map(({ id }) => id));
  const data = [...new Set(ids)].map((id) => {
    const problem = known.has(id) ? problems.get(id) : new Problem('not_found');
    return problem === undefined ? { id, status: accepted(id) } : { id, status: problem.status, problem };
  });
  return { status: 200, body: { data } };
}
