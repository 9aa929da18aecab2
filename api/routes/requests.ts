import { z } from 'zod';
import { requireConfirmed } from '../../commands/portal-users/require-status.ts';
import { addReply } from '../../commands/requests/add-reply.ts';
import { addRequest } from '../../commands/requests/add-request.ts';
import { changeRequestStatus } from '../../commands/requests/change-request-status.ts';
import type { EntityManager } from '../../db/database.ts';
import type { Portal, PortalRequest } from '../../db/entities/index.ts';
import { lockRequest } from '../../db/locks.ts';
import { findRequest, listRequests, readConversation } from '../../db/queries/list-requests.ts';
import { Slug } from '../../schemas/portal.ts';
import {
  HelpDeskReply,
  NewRequestFor,
  ReplyAnswer,
  RequestAnswer,
  RequestChange,
  RequestPage,
  RequestsQuery,
  WholeRequestAnswer,
} from '../../schemas/request.ts';
import { Id } from '../../schemas/text.ts';
import { Refusal } from '../../vocabulary/refusal.ts';
import { sealedPage } from '../../web/sealed-cursors.ts';
import { portalEndpoint } from '../endpoint.ts';
import { entityTag } from '../preconditions.ts';
import { presentReply, presentRequest, presentWholeRequest } from '../present.ts';

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
    params: ofPortal,
    body: NewRequestFor,
    answers: { 201: { description: 'The new request, open.', schema: RequestAnswer } },
    problems: ['not_confirmed', 'deactivated'],
    write: async (unit, { portal, body, actor }) => {
      const { portalUserId, ...input } = body;
      const portalUser = await requireConfirmed(unit.em, portal, portalUserId);
      const request = await addRequest(unit, portalUser, input, actor);
      const location = `/v1/portals/${portal.slug}/requests/${request.id}`;
      return { status: 201, location, body: presentRequest(request, portal) };
    },
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
      const em = database.em.fork();
      const request = await requireAt(em, portal, params.id);
      return { status: 200, body: await whole(em, portal, request) };
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
    conditional: true,
    write: async (unit, { portal, params, body, actor, requireMatch }, services) => {
      const found = await lockAt(unit.em, portal, params.id);
      await requireMatch(() => whole(unit.em, portal, found));
      const changed = await changeRequestStatus(unit, services, found, body.status, actor);
      const etag = entityTag(await whole(unit.em, portal, changed));
      return { status: 200, body: presentRequest(changed, portal), etag };
    },
  }),
  portalEndpoint({
    method: 'post',
    path: '/v1/portals/{portal}/requests/{id}/replies',
    tag,
    summary: 'Reply to a request, as the help desk',
    description: 'The portal user is mailed the reply, and the new status with it.',
    access: 'portal',
    params: ofRequest,
    body: HelpDeskReply,
    answers: { 201: { description: 'The new reply.', schema: ReplyAnswer } },
    conditional: true,
    write: async (unit, { portal, params, body, actor, requireMatch }, services) => {
      const found = await lockAt(unit.em, portal, params.id);
      await requireMatch(() => whole(unit.em, portal, found));
      const reply = await addReply(unit, services, found, body, actor);
      return { status: 201, body: presentReply(reply, []) };
    },
  }),
];

/** Another portal's request looks like none. @throws Refusal `not_found` */
async function requireAt(em: EntityManager, portal: Portal, id: string): Promise<PortalRequest> {
  const request = await findRequest(em, portal.id, id);
  if (request === null) throw new Refusal('not_found');
  return request;
}

/** The same, locked: nobody replies or changes the status until the transaction ends. @throws Refusal `not_found` */
async function lockAt(em: EntityManager, portal: Portal, id: string): Promise<PortalRequest> {
  const request = await lockRequest(em, id);
  if (request?.portal.id !== portal.id) throw new Refusal('not_found');
  return request;
}

/** What a GET of the request gives. */
async function whole(em: EntityManager, portal: Portal, request: PortalRequest): Promise<WholeRequestAnswer> {
  return presentWholeRequest(request, portal, await readConversation(em, request.id));
}
