import { LockMode, raw } from '@mikro-orm/postgresql';
import type { EntityManager } from '../../db/database.ts';
import { BulkAction, BulkActionRow, type Portal } from '../../db/entities/index.ts';
import { recordPortalEvent } from '../../db/events.ts';
import { previewBulkAction, type Selection } from '../../db/queries/bulk-preview.ts';
import { findPortalUsers } from '../../db/queries/list-portal-users.ts';
import type { Actor } from '../../vocabulary/events.ts';
import type { BulkActionName } from '../../vocabulary/portal-users.ts';
import type { CommandServices } from '../services.ts';
import { callNowOrByHousekeeping } from '../temporal-outages.ts';
import { inTransaction, type UnitOfWork } from '../transaction.ts';

/** What an operator was shown, and confirmed. */
export interface BulkRequest {
  /** Generated with the question: submitting it twice acts once. */
  id: string;
  action: BulkActionName;
  selection: Selection;
}

/**
 * Records a bulk action and starts its workflow. If Temporal is down the action is carried out once Temporal is back.
 *
 * @idempotent the same id is the same action
 */
export async function requestBulkAction(
  services: CommandServices,
  portal: Portal,
  { id, action, selection }: BulkRequest,
  actor: Actor,
): Promise<void> {
  await inTransaction(services.database, async ({ em, afterCommit }) => {
    if ((await em.count(BulkAction, { id })) > 0) return;
    const preview = await previewBulkAction(em, portal.id, action, selection);
    const total = preview === 'many' ? null : preview.reduce((sum, { count }) => sum + count, 0);
    const filter = 'filter' in selection ? selection.filter : null;
    const bulkAction = em.create(BulkAction, {
      id,
      portal: portal.id,
      action,
      actor,
      total,
      filter,
      isSelected: filter === null,
    });
    if ('ids' in selection) await insertRows(em, portal, bulkAction, selection.ids);
    await em.flush();
    recordPortalEvent(em, portal, { type: 'bulk_action_requested', actor, data: { bulkActionId: id, action, total } });
    afterCommit(() => callNowOrByHousekeeping(services, { bulkActionId: id }, () => services.bulkActions.start(id)));
  });
}

async function insertRows(em: EntityManager, portal: Portal, bulkAction: BulkAction, ids: string[]): Promise<void> {
  for (const portalUser of await findPortalUsers(em, portal.id, ids)) {
    em.create(BulkActionRow, { bulkAction, portalUser, generation: portalUser.generation });
  }
}

/**
 * Stops a bulk action: the outcomes of the current batch are still recorded, and no other row is acted on.
 *
 * @idempotent changes nothing where the action was stopped before or has ended
 */
export async function stopBulkAction({ em }: UnitOfWork, portal: Portal, id: string, actor: Actor): Promise<void> {
  const bulkAction = await em.findOneOrFail(BulkAction, id, { lockMode: LockMode.PESSIMISTIC_WRITE });
  if (bulkAction.stoppedAt || bulkAction.finishedAt) return;
  bulkAction.stoppedAt = raw<Date>('now()');
  bulkAction.stoppedBy = actor;
  const { action } = bulkAction;
  recordPortalEvent(em, portal, { type: 'bulk_action_stopped', actor, data: { bulkActionId: id, action } });
}
