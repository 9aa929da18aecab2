import { z } from 'zod';
import { addPortalUser } from '../../commands/portal-users/add-portal-user.ts';
import { changePortalUser } from '../../commands/portal-users/change-portal-user.ts';
import { requirePortalUser } from '../../commands/portal-users/require-status.ts';
import { listEvents } from '../../db/events.ts';
import { listPortalUsers } from '../../db/queries/list-portal-users.ts';
import { Slug } from '../../schemas/portal.ts';
import {
  EventPage,
  EventsQuery,
  NewPortalUser,
  PortalUserAnswer,
  PortalUserChange,
  PortalUserPage,
  PortalUsersQuery,
} from '../../schemas/portal-user.ts';
import { Id } from '../../schemas/text.ts';
import { LINK_REFUSALS } from '../../vocabulary/portal-users.ts';
import { sealedPage } from '../../web/sealed-cursors.ts';
import { portalEndpoint } from '../endpoint.ts';
import { entityTag } from '../preconditions.ts';
import { presentEvent, presentPortalUser } from '../present.ts';

const tag = 'Portal users';
const ofPortal = z.object({ portal: Slug });
const ofUser = z.object({ portal: Slug, id: Id });

export const portalUsers = [
  portalEndpoint({
    method: 'post',
    path: '/v1/portals/{portal}/users',
    tag,
    summary: 'Add a portal user and invite them',
    description: 'By address and name, or by the id of a contact. The first one enables the portal.',
    access: 'portal',
    params: ofPortal,
    body: NewPortalUser,
    answers: { 201: { description: 'The new portal user, Not Confirmed.', schema: PortalUserAnswer } },
    problems: ['portal_user_exists'],
    write: async (unit, { portal, body, actor }, services) => {
      const user = await addPortalUser(unit, services, portal, body, actor);
      return {
        status: 201,
        location: `/v1/portals/${portal.slug}/users/${user.id}`,
        body: presentPortalUser(user, portal, services),
      };
    },
  }),
  portalEndpoint({
    method: 'get',
    path: '/v1/portals/{portal}/users',
    tag,
    summary: 'List portal users',
    access: 'portal',
    params: ofPortal,
    query: PortalUsersQuery,
    answers: { 200: { description: 'One page of portal users.', schema: PortalUserPage } },
    handle: async ({ portal, query }, services) => {
      const list = `${portal.id}/users/${query.sort}`;
      const { rows, nextCursor } = await sealedPage(services, list, query, (page) =>
        listPortalUsers(services.database.em.fork(), portal.id, query, query.sort, page),
      );
      return { status: 200, body: { data: rows.map((user) => presentPortalUser(user, portal, services)), nextCursor } };
    },
  }),
  portalEndpoint({
    method: 'get',
    path: '/v1/portals/{portal}/users/{id}',
    tag,
    summary: 'Read a portal user',
    access: 'portal',
    params: ofUser,
    answers: { 200: { description: 'The portal user and where the invitation stands.', schema: PortalUserAnswer } },
    handle: async ({ portal, params }, services) => {
      const user = await requirePortalUser(services.database.em.fork(), portal, params.id);
      return { status: 200, body: presentPortalUser(user, portal, services) };
    },
  }),
  portalEndpoint({
    method: 'patch',
    path: '/v1/portals/{portal}/users/{id}',
    tag,
    summary: "Correct a portal user's name or address",
    description:
      'The address only while Not Confirmed: the new one is mailed a new link, and the old link is dead. An address that this user was mailed at before has the limits of re-invites.',
    access: 'portal',
    params: ofUser,
    body: PortalUserChange,
    answers: { 200: { description: 'The changed portal user.', schema: PortalUserAnswer } },
    problems: ['already_confirmed', 'deactivated', 'portal_user_exists', 'contact_exists', ...LINK_REFUSALS],
    conditional: true,
    write: async (unit, { portal, params, body, actor, requireMatch }, services) => {
      const user = await changePortalUser(unit, services, portal, params.id, body, actor, (locked) =>
        requireMatch(() => presentPortalUser(locked, portal, services)),
      );
      const presented = presentPortalUser(user, portal, services);
      return { status: 200, body: presented, etag: entityTag(presented) };
    },
  }),
  portalEndpoint({
    method: 'get',
    path: '/v1/portals/{portal}/users/{id}/events',
    tag,
    summary: "Read a portal user's timeline",
    access: 'portal',
    params: ofUser,
    query: EventsQuery,
    answers: { 200: { description: 'What happened, oldest first.', schema: EventPage } },
    handle: async ({ portal, params: { id }, query }, services) => {
      const em = services.database.em.fork();
      await requirePortalUser(em, portal, id);
      const { rows, nextCursor } = await sealedPage(services, `${id}/events`, query, (page) =>
        listEvents(em, id, page),
      );
      return { status: 200, body: { data: rows.map(presentEvent), nextCursor } };
    },
  }),
];
