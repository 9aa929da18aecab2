import { z } from 'zod';
import type { Database } from '../../db/database.ts';
import type { Portal, Request } from '../../db/entities/index.ts';
import { findRequest } from '../../db/queries/find-request.ts';
import { listRequests } from '../../db/queries/list-requests.ts';
import { readConversation } from '../../db/queries/read-conversation.ts';
import { addReply } from '../commands/add-reply.ts';
import { addRequest } from '../commands/add-request.ts';
import { changeRequestStatus } from '../commands/change-request-status.ts';
import { requireConfirmed } from '../commands/require-confirmed.ts';
import { portalEndpoint } from '../endpoint.ts';
import { presentReply, presentRequest, presentWholeRequest } from '../present-request.ts';
import { Problem } from '../problem.ts';
import { rememberAnswer } from '../remember-answer.ts';
import { Slug } from '../schemas/portal.ts';
import {
  HelpDeskReply,
  NewRequestFor,
  ReplyAnswer,
  RequestAnswer,
  RequestChange,
  RequestPage,
  RequestsQuery,
  WholeRequestAnswer,
} from '../schemas/request.ts';
import { Id } from '../schemas/text.ts';
import { sealedPage } from '../sealed-page.ts';
import { inTransaction } from '../unit-of-work.ts';

const tag = 'Requests';
const ofPortal = z.object({ portal: Slug });
const ofRequest = z.object({ portal: Slug, id: Id });

export const requests = [
  portalEndpoint({
    method: 'post',
    path: '/v1/portals/{portal}/requests',
    tag,
    summary: 'Add a request for a portal user',
    description: 'For who asked by telephone or e-mail. They see it at the portal; nothing is mailed.',
    access: 'portal',
    idempotent: true,
    params: ofPortal,
    body: NewRequestFor,
    answers: { 201: { description: 'The new request, open.', schema: RequestAnswer } },
    problems: ['not_confirmed', 'deactivated'],
    handle: ({ portal, body, actor, idempotencyKey: key }, { database }) =>
      rememberAnswer(database, { key, scope: portal.id, payload: ['request', body] }, async (unit) => {
        const { portalUserId, ...input } = body;
        const portalUser = await requireConfirmed(unit.em, portal, portalUserId);
        const request = await addRequest(unit, portalUser, input, actor);
        const location = `/v1/portals/${portal.slug}/requests/${request.id}`;
        return { status: 201, location, body: presentRequest(request, portal) };
      }),
  }),
  portalEndpoint({
    method: 'get',
    path: '/v1/portals/{portal}/requests',
    tag,
    summary: 'List requests, the newest activity first',
    access: 'portal',
    params: ofPortal,
    query: RequestsQuery,
    answers: { 200: { description: 'One page of requests.', schema: RequestPage } },
    handle: async ({ portal, query }, services) => {
      const { rows, nextCursor } = await sealedPage(services, `${portal.id}/requests`, query, (page) =>
        listRequests(services.database.em.fork(), portal.id, query, page),
      );
      return { status: 200, body: { data: rows.map((request) => presentRequest(request, portal)), nextCursor } };
    },
  }),
  portalEndpoint({
    method: 'get',
    path: '/v1/portals/{portal}/requests/{id}',
    tag,
    summary: 'Read a request with its replies',
    access: 'portal',
    params: ofRequest,
    answers: { 200: { description: 'The request, its replies and attachments.', schema: WholeRequestAnswer } },
    handle: async ({ portal, params }, { database }) => {
      const request = await requireAt(database, portal, params.id);
      const conversation = await readConversation(database.em.fork(), request.id);
      return { status: 200, body: presentWholeRequest(request, portal, conversation) };
    },
  }),
  portalEndpoint({
    method: 'patch',
    path: '/v1/portals/{portal}/requests/{id}',
    tag,
    summary: "Change a request's status",
    description: 'The portal user is mailed about it.',
    access: 'portal',
    params: ofRequest,
    body: RequestChange,
    answers: { 200: { description: 'The changed request.', schema: RequestAnswer } },
    handle: async ({ portal, params, body, actor }, services) => {
      const found = await requireAt(services.database, portal, params.id);
      const changed = await inTransaction(services.database, (unit) =>
        changeRequestStatus(unit, services, found, body.status, actor),
      );
      return { status: 200, body: presentRequest(changed, portal) };
    },
  }),
  portalEndpoint({
    method: 'post',
    path: '/v1/portals/{portal}/requests/{id}/replies',
    tag,
    summary: 'Reply to a request, as the help desk',
    description: 'The portal user is mailed the reply, and the new status with it.',
    access: 'portal',
    idempotent: true,
    params: ofRequest,
    body: HelpDeskReply,
    answers: { 201: { description: 'The new reply.', schema: ReplyAnswer } },
    handle: async ({ portal, params, body, actor, idempotencyKey: key }, services) => {
      const found = await requireAt(services.database, portal, params.id);
      const call = { key, scope: portal.id, payload: ['reply', found.id, body] };
      return rememberAnswer(services.database, call, async (unit) => {
        const reply = await addReply(unit, services, found, body, actor);
        return { status: 201, body: presentReply(reply, []) };
      });
    },
  }),
];

/** Another portal's request looks like none. @throws Problem `not_found` */
async function requireAt(database: Database, portal: Portal, id: string): Promise<Request> {
  const request = await findRequest(database.em.fork(), portal.id, id);
  if (request === null) throw new Problem('not_found');
  return request;
}
