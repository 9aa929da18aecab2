import { z } from 'zod';
import type { PortalUser } from '../../db/entities/index.ts';
import type { Actor } from '../../workflows/vocabulary.ts';
import { answerPerRow, type RowOutcome } from '../answer-per-row.ts';
import { deactivatePortalUser } from '../commands/deactivate-portal-user.ts';
import { reInvite } from '../commands/re-invite.ts';
import { portalEndpoint } from '../endpoint.ts';
import { problemOf } from '../problem-of.ts';
import { Slug } from '../schemas/portal.ts';
import { PortalUserIds } from '../schemas/portal-user.ts';
import { Id } from '../schemas/text.ts';
import type { Services } from '../services.ts';

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
      return answerPerRow(em, portal, ids, 202, (users) => reInvite(services, em, portal, users, actor));
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
      answerPerRow(services.database.em.fork(), portal, ids, 200, (users) => deactivateEach(services, users, actor)),
  }),
];

async function deactivateEach(services: Services, users: PortalUser[], actor: Actor): Promise<Map<string, RowOutcome>> {
  const outcomes = users.map(async (user): Promise<[string, RowOutcome]> => {
    try {
      const { isPending } = await deactivatePortalUser(services, user, actor);
      return [user.id, isPending ? 'pending' : 'accepted'];
    } catch (error) {
      return [user.id, problemOf(error, services.logger)];
    }
  });
  return new Map(await Promise.all(outcomes));
}
