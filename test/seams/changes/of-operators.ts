import { Portal, PortalOperator } from '../../../db/entities/index.ts';
import { consoleClient } from '../../harness/console-client.ts';
import { newAddress } from '../../harness/invite.ts';
import { acceptInvitation, endCooldown, operatorLink } from '../../harness/operator-links.ts';
import { insertMembership, insertOperator, OPERATOR_PASSWORD } from '../../harness/rows.ts';
import { type Changes, change, type Scene, TYPED } from './change.ts';

async function addPendingOperator({ stage, ofPortal }: Scene) {
  const operator = { email: newAddress(), name: 'Nora', role: 'staff' };
  const { body } = await stage.admin.post(`${ofPortal}/operators`, operator).expecting(201);
  await endCooldown(stage);
  return { id: body.id as string, email: operator.email };
}

export const CHANGES_OF_OPERATORS: Changes = {
  'an operator': change({
    command: 'addOperator',
    prepare: async () => newAddress(),
    act: ({ stage, ofPortal }, email) =>
      stage.admin.post(`${ofPortal}/operators`, { email, name: 'Nora', role: 'staff' }),
    leaves: ['operator_added by administrator'],
  }),
  'a re-invite of an operator': change({
    command: 'reInviteOperator',
    prepare: addPendingOperator,
    act: ({ stage, ofPortal }, { id }) => stage.admin.post(`${ofPortal}/operators/${id}/re-invite`),
    leaves: ['operator_re_invited by administrator'],
  }),
  'an operator who accepts': change({
    command: 'acceptOperatorInvitation',
    prepare: addPendingOperator,
    act: ({ stage }, { email }) => acceptInvitation(stage, email),
    leaves: ['operator_accepted by another operator'],
  }),
  "an operator's role": change({
    command: 'changeOperatorRole',
    prepare: async ({ stage, slug }) => (await insertOperator(stage.db.database, slug, 'staff')).membershipId,
    act: ({ pages, client }, id) => client.post(`${pages}/settings/operators/${id}/role`, { role: 'owner' }),
    leaves: ['operator_changed by the operator'],
  }),
  'a removed operator': change({
    command: 'removeOperator',
    prepare: async ({ stage, slug }) => (await insertOperator(stage.db.database, slug, 'staff')).id,
    act: ({ stage, ofPortal }, id) => stage.admin.delete(`${ofPortal}/operators/${id}`),
    leaves: ['operator_removed by administrator'],
  }),
  "an operator's own name": change({
    command: 'changeOperatorName',
    act: ({ client }) => client.post('/console/account/name', { name: 'Olga Other' }),
    leaves: ['operator_changed by the operator'],
  }),
  "an operator's own name, which this portal has already": change({
    command: 'changeOperatorName',
    prepare: async ({ stage, em, operator }) => {
      const other = await em().findOneOrFail(Portal, { slug: (await stage.openPortal()).slug });
      await insertMembership(stage.db.database, operator, other.id, { name: 'Olga' });
      await em().nativeUpdate(PortalOperator, { id: operator.membershipId }, { name: 'Olga Other' });
    },
    act: ({ client }) => client.post('/console/account/name', { name: 'Olga Other' }),
    leaves: [],
  }),
  "an operator's own password": change({
    command: 'changeOperatorPassword',
    act: ({ client }) => client.post('/console/account/password', { currentPassword: OPERATOR_PASSWORD, ...TYPED }),
    leaves: ['operator_changed by the operator'],
  }),
  "an operator's new password by a link": change({
    command: 'resetOperatorPassword',
    prepare: async ({ stage, operator }) => {
      await consoleClient(stage.url).post('/console/forgotten-password', { email: operator.email });
      return operatorLink(stage, operator.email, 'new-password');
    },
    act: ({ stage }, path) => consoleClient(stage.url).post(path, TYPED),
    leaves: ['operator_changed by the operator'],
  }),
};
