import type { EntityManager } from '../../db/database.ts';
import { BulkAction, BulkActionRow, type Portal } from '../../db/entities/index.ts';
import { bulkOutlook, type Selection } from '../../db/queries/bulk-outlook.ts';
import { findPortalUsers } from '../../db/queries/find-portal-users.ts';
import { recordPortalEvent } from '../../db/record-event.ts';
import type { Actor, BulkActionName } from '../../workflows/vocabulary.ts';
import type { Services } from '../services.ts';
import { inTransaction } from '../unit-of-work.ts';
import { nowOrLater } from './now-or-later.ts';

/** What an operator was shown and said yes to. */
export interface BulkRequest {
  /** Drawn with the question: answering it twice acts once. */
  id: string;
  action: BulkActionName;
  selection: Selection;
}

/**
 * Puts a bulk action down and starts its workflow. If Temporal is down it is carried out once Temporal is back. Safe to
 * repeat: the same id is the same action.
 */
export async function askForBulkAction(
  services: Services,
  portal: Portal,
  { id, action, selection }: BulkRequest,
  actor: Actor,
): Promise<void> {
  await inTransaction(services.database, async ({ em, afterCommit }) => {
    if ((await em.count(BulkAction, { id })) > 0) return;
    const outlook = await bulkOutlook(em, portal.id, action, selection);
    const total = outlook === 'many' ? null : outlook.reduce((sum, { count }) => sum + count, 0);
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
    if ('ids' in selection) await putRowsDown(em, portal, bulkAction, selection.ids);
    await em.flush();
    recordPortalEvent(em, portal, { type: 'bulk_action_requested', actor, data: { bulkActionId: id, action, total } });
    afterCommit(() => nowOrLater(services, { bulkActionId: id }, () => services.bulkActions.start(id)));
  });
}

async function putRowsDown(em: EntityManager, portal: Portal, bulkAction: BulkAction, ids: string[]): Promise<void> {
  for (const portalUser of await findPortalUsers(em, portal.id, ids)) {
    em.create(BulkActionRow, { bulkAction, portalUser, generation: portalUser.generation });
  }
}
