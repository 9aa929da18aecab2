import { z } from 'zod';
import { addOperator } from '../../commands/operators/add-operator.ts';
import { removeOperator } from '../../commands/operators/change-operator.ts';
import { reInviteOperator } from '../../commands/operators/invite-operator.ts';
import { listOperators } from '../../db/queries/operators.ts';
import { NewOperator, OperatorAnswer, OperatorPage, OperatorsQuery } from '../../schemas/operator.ts';
import { Slug } from '../../schemas/portal.ts';
import { Id } from '../../schemas/text.ts';
import { sealedPage } from '../../web/sealed-cursors.ts';
import { portalEndpoint } from '../endpoint.ts';
import { presentOperator } from '../present.ts';

const tag = 'Operators';
/** Nobody's mailbox is flooded. */
const LIMITED = ['re_invite_too_soon', 're_invite_cap_reached'] as const;

export const operators = [
  portalEndpoint({
    method: 'post',
    path: '/v1/portals/{portal}/operators',
    tag,
    summary: 'Invite somebody to work for a portal in the console',
    description:
      'A link is mailed to them, good for seven days. The operator is pending, and opens nothing, until they accept by it: with a password that they choose, or with their own if they work for another portal.',
    access: 'administrator',
    params: z.object({ portal: Slug }),
    body: NewOperator,
    answers: {
      201: { description: 'The operator, pending.', schema: OperatorAnswer },
    },
    problems: ['operator_exists', 'password_not_accepted', ...LIMITED],
    write: async (unit, { portal, body, actor }, services) => {
      const operator = presentOperator(await addOperator(unit, services, portal, body, actor));
      return {
        status: 201,
        location: `/v1/portals/${portal.slug}/operators/${operator.id}`,
        body: operator,
      };
    },
  }),
  portalEndpoint({
    method: 'get',
    path: '/v1/portals/{portal}/operators',
    tag,
    summary: 'List operators by name',
    access: 'administrator',
    params: z.object({ portal: Slug }),
    query: OperatorsQuery,
    answers: { 200: { description: 'One page of operators.', schema: OperatorPage } },
    handle: async ({ portal, query }, services) => {
      const { rows, nextCursor } = await sealedPage(services, `${portal.id}/operators`, query, (page) =>
        listOperators(services.database.em.fork(), portal.id, page),
      );
      return { status: 200, body: { data: rows.map(presentOperator), nextCursor } };
    },
  }),
  portalEndpoint({
    method: 'post',
    path: '/v1/portals/{portal}/operators/{id}/re-invite',
    tag,
    summary: 'Mail a pending operator a new link',
    description: 'It is good for seven days. Every earlier link is dead.',
    access: 'administrator',
    params: z.object({ portal: Slug, id: Id }),
    answers: { 202: { description: 'The operator, with the new link’s generation.', schema: OperatorAnswer } },
    problems: ['operator_active', ...LIMITED],
    write: async (unit, { portal, params, actor }, services) => {
      const invited = await reInviteOperator(unit, services, portal, params.id, actor);
      return { status: 202, body: presentOperator(invited) };
    },
  }),
  portalEndpoint({
    method: 'delete',
    path: '/v1/portals/{portal}/operators/{id}',
    tag,
    summary: 'Take a portal away from an operator',
    description:
      'Their next request is refused, and a link that was mailed to them is dead. An operator without any portal left is signed out.',
    access: 'administrator',
    params: z.object({ portal: Slug, id: Id }),
    answers: { 204: { description: 'They no longer work for the portal.' } },
    problems: ['last_owner'],
    write: async (unit, { portal, params, actor }) => {
      await removeOperator(unit, portal, params.id, actor);
      return { status: 204 };
    },
  }),
];
