import { LockMode, raw } from '@mikro-orm/postgresql';
import { BulkAction, type Portal } from '../../db/entities/index.ts';
import { recordPortalEvent } from '../../db/record-event.ts';
import type { Actor } from '../../workflows/vocabulary.ts';
import type { UnitOfWork } from '../unit-of-work.ts';

/**
 * Stops a bulk action: the rows under way are still recorded, which finishes it; the others are left. Safe to repeat: changes
 * nothing where it was stopped or has finished.
 */
export async function stopBulkAction({ em }: UnitOfWork, portal: Portal, id: string, actor: Actor): Promise<void> {
  const bulkAction = await em.findOneOrFail(BulkAction, id, { lockMode: LockMode.PESSIMISTIC_WRITE });
  if (bulkAction.stoppedAt || bulkAction.finishedAt) return;
  bulkAction.stoppedAt = raw<Date>('now()');
  bulkAction.stoppedBy = actor;
  const { action } = bulkAction;
  recordPortalEvent(em, portal, { type: 'bulk_action_stopped', actor, data: { bulkActionId: id, action } });
}
