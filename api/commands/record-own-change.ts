import type { EntityManager } from '../../db/database.ts';
import { PortalOperator } from '../../db/entities/index.ts';
import { ACCEPTED } from '../../db/entities/portal-operator.ts';
import { recordPortalEvent } from '../../db/record-event.ts';

/** Tells each portal an operator works for, not those that wait for them, that they changed something of themselves. */
export async function recordOwnChange(
  em: EntityManager,
  operatorId: string,
  changed: 'name' | 'password',
  by?: 'link',
): Promise<void> {
  const memberships = await em.find(PortalOperator, { operator: operatorId, ...ACCEPTED }, { populate: ['portal'] });
  for (const { portal } of memberships) {
    recordPortalEvent(em, portal.getEntity(), {
      type: 'operator_changed',
      actor: `operator/${operatorId}`,
      data: { operatorId, changed: [changed], ...(by && { by }) },
    });
  }
}
