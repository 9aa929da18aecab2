import type { EntityManager } from '../../db/database.ts';
import { PortalOperator } from '../../db/entities/index.ts';
import { recordPortalEvent } from '../../db/record-event.ts';

/** Tells each portal an operator works for that they changed something of themselves. */
export async function recordOwnChange(
  em: EntityManager,
  operatorId: string,
  changed: 'name' | 'password',
): Promise<void> {
  const memberships = await em.find(PortalOperator, { operator: operatorId }, { populate: ['portal'] });
  for (const { portal } of memberships) {
    recordPortalEvent(em, portal.getEntity(), {
      type: 'operator_changed',
      actor: `operator/${operatorId}`,
      data: { operatorId, changed: [changed] },
    });
  }
}
