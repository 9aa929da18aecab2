import { randomUUID } from 'node:crypto';
import { type BulkRequest, requestBulkAction, stopBulkAction } from '../../../commands/bulk/bulk-actions.ts';
import { inTransaction } from '../../../commands/transaction.ts';
import { BulkAction, Portal } from '../../../db/entities/index.ts';
import type { BulkActionName } from '../../../vocabulary/portal-users.ts';
import { eventually } from '../../harness/eventually.ts';
import { type Change, type Changes, change, deactivateUser, newLink, type Scene } from './change.ts';

/** A bulk action on the scene's user that no worker was told of. @returns its id */
async function askOnly({ stage, em, portalId, operatorId, id }: Scene): Promise<string> {
  const portal = await em().findOneOrFail(Portal, portalId);
  const services = { ...stage.services, bulkActions: { start: async () => {} } };
  const asked: BulkRequest = { id: randomUUID(), action: 'deactivate', selection: { ids: [id] } };
  await requestBulkAction(services, portal, asked, `operator/${operatorId}`);
  return asked.id;
}

function bulkAction(
  action: BulkActionName,
  leaves: string[],
  prepare: NonNullable<Change<unknown>['prepare']> = async () => {},
): Change {
  return change({
    command: 'requestBulkAction',
    prepare: async (scene) => {
      await prepare(scene);
      return randomUUID();
    },
    act: async ({ em, client, pages, id }, bulkActionId) => {
      await client.post(`${pages}/bulk-actions`, { id: bulkActionId, action, ids: id });
      const finished = { id: bulkActionId, finishedAt: { $ne: null } };
      await eventually(async () => (await em().count(BulkAction, finished)) === 1, 'the end of the bulk action');
    },
    leaves: ['bulk_action_requested by the operator', ...leaves],
  });
}

export const CHANGES_OF_BULK_ACTIONS: Changes = {
  '“Re-Invite” of several': bulkAction('re_invite', newLink('the operator')),
  '“Deactivate” of several': bulkAction('deactivate', ['portal_user_deactivated by the operator']),
  '“Reactivate” of several': bulkAction(
    'reactivate',
    ['portal_user_reactivated by the operator', ...newLink('the operator')],
    deactivateUser,
  ),
  '“Reactivate” of several, none of whom is deactivated': bulkAction('reactivate', []),
  'a bulk action that is stopped': change({
    command: 'stopBulkAction',
    prepare: askOnly,
    act: async ({ stage, em, portalId, operatorId }, id) => {
      const portal = await em().findOneOrFail(Portal, portalId);
      await inTransaction(stage.services.database, (unit) =>
        stopBulkAction(unit, portal, id, `operator/${operatorId}`),
      );
    },
    leaves: ['bulk_action_stopped by the operator'],
  }),
};
