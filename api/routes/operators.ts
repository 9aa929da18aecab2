import { z } from 'zod';
import { listOperators } from '../../db/queries/list-operators.ts';
import { addOperator } from '../commands/add-operator.ts';
import { removeOperator } from '../commands/remove-operator.ts';
import { portalEndpoint } from '../endpoint.ts';
import { presentOperator } from '../present.ts';
import { AddedOperatorAnswer, NewOperator, OperatorPage, OperatorsQuery } from '../schemas/operator.ts';
import { Slug } from '../schemas/portal.ts';
import { Id } from '../schemas/text.ts';
import { sealedPage } from '../sealed-page.ts';

const tag = 'Operators';

export const operators = [
  portalEndpoint({
    method: 'post',
    path: '/v1/portals/{portal}/operators',
    tag,
    summary: 'Let somebody work for a portal in the console',
    description: 'Who works for another portal already keeps name and password, and is just given this portal.',
    access: 'administrator',
    params: z.object({ portal: Slug }),
    body: NewOperator,
    answers: {
      201: { description: 'The operator, with the password where one was made.', schema: AddedOperatorAnswer },
    },
    problems: ['operator_exists', 'password_refused'],
    write: async (unit, { portal, body, actor }) => {
      const added = await addOperator(unit, portal, body, actor);
      const operator = presentOperator(added.membership);
      return {
        status: 201,
        location: `/v1/portals/${portal.slug}/operators/${operator.id}`,
        body: { ...operator, initialPassword: added.initialPassword },
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
    method: 'delete',
    path: '/v1/portals/{portal}/operators/{id}',
    tag,
    summary: 'Take a portal away from an operator',
    description: 'Their next request is refused. Who has no portal left is signed out.',
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
