import type { EntityManager } from '../../db/database.ts';
import type { PortalOperator } from '../../db/entities/index.ts';
import { recordPortalEvent } from '../../db/record-event.ts';

/** Tells the portals of these memberships, each with its portal loaded, that their operator changed something of themselves. */
export function recordOwnChange(
  em: EntityManager,
  memberships: PortalOperator[],
  changed: 'name' | 'password',
  by?: 'link',
): void {
  for (const { portal, operator } of memberships) {
    recordPortalEvent(em, portal.getEntity(), {
      type: 'operator_changed',
      actor: `operator/${operator.id}`,
      data: { operatorId: operator.id, changed: [changed], ...(by && { by }) },
    });
  }
}
