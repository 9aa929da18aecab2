import { z } from 'zod';
import { changePortal } from '../commands/change-portal.ts';
import { createPortal } from '../commands/create-portal.ts';
import { endpoint, portalEndpoint } from '../endpoint.ts';
import { presentPortal } from '../present.ts';
import { rememberAnswer } from '../remember-answer.ts';
import { NewPortal, PortalAnswer, PortalChange, Slug } from '../schemas/portal.ts';
import { inTransaction } from '../unit-of-work.ts';

const tag = 'Portals';
const params = z.object({ portal: Slug });
const ABOVE_ANY_PORTAL = '*';

export const portals = [
  endpoint({
    method: 'post',
    path: '/v1/portals',
    tag,
    summary: 'Create a portal',
    access: 'administrator',
    idempotent: true,
    body: NewPortal,
    answers: { 201: { description: 'The new portal, not enabled until it has a portal user.', schema: PortalAnswer } },
    problems: ['portal_exists'],
    handle: ({ body, actor, idempotencyKey: key }, { database, firstOperator }) =>
      rememberAnswer(database, { key, scope: ABOVE_ANY_PORTAL, payload: ['portal', body] }, async (unit) => {
        const portal = await createPortal(unit, body, actor, firstOperator);
        return { status: 201, location: `/v1/portals/${portal.slug}`, body: presentPortal(portal) };
      }),
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
    handle: async ({ portal, body, actor }, { database }) => {
      const changed = await inTransaction(database, (unit) => changePortal(unit, portal.id, body, actor));
      return { status: 200, body: presentPortal(changed) };
    },
  }),
];
