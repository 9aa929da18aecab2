import { z } from 'zod';
import { changePortal } from '../../commands/portals/change-portal.ts';
import { createPortal } from '../../commands/portals/create-portal.ts';
import { NewPortal, PortalAnswer, PortalChange, Slug } from '../../schemas/portal.ts';
import { endpoint, portalEndpoint } from '../endpoint.ts';
import { entityTag } from '../preconditions.ts';
import { presentPortal } from '../present.ts';

const tag = 'Portals';
const params = z.object({ portal: Slug });

export const portals = [
  endpoint({
    method: 'post',
    path: '/v1/portals',
    tag,
    summary: 'Create a portal',
    access: 'administrator',
    body: NewPortal,
    answers: { 201: { description: 'The new portal, not enabled until it has a portal user.', schema: PortalAnswer } },
    problems: ['portal_exists'],
    write: async (unit, { body, actor }, { firstOperator }) => {
      const portal = await createPortal(unit, body, actor, firstOperator);
      return { status: 201, location: `/v1/portals/${portal.slug}`, body: presentPortal(portal) };
    },
  }),
  portalEndpoint({
    method: 'get',
    path: '/v1/portals/{portal}',
    tag,
    summary: 'Read a portal',
    access: 'portal',
    params,
    answers: { 200: { description: 'The portal with its settings.', schema: PortalAnswer } },
    handle: async ({ portal }) => ({ status: 200, body: presentPortal(portal) }),
  }),
  portalEndpoint({
    method: 'patch',
    path: '/v1/portals/{portal}',
    tag,
    summary: "Change a portal's settings",
    description: 'Settings count from the next e-mail on; a link that was mailed keeps its validity.',
    access: 'portal',
    params,
    body: PortalChange,
    answers: { 200: { description: 'The changed portal.', schema: PortalAnswer } },
    conditional: true,
    write: async (unit, { portal, body, actor, requireMatch }) => {
      const changed = await changePortal(unit, portal.id, body, actor, (locked) =>
        requireMatch(() => presentPortal(locked)),
      );
      const presented = presentPortal(changed);
      return { status: 200, body: presented, etag: entityTag(presented) };
    },
  }),
];
