import type { EntityManager } from '../../db/database.ts';
import { type Portal, PortalOperator } from '../../db/entities/index.ts';
import { Problem } from '../problem.ts';

/** An operator's place at a portal, with the operator. @throws Problem `not_found` */
export async function findMembership(em: EntityManager, portal: Portal, operatorId: string): Promise<PortalOperator> {
  const found = await em.findOne(
    PortalOperator,
    { portal: portal.id, operator: operatorId },
    { populate: ['operator'], strategy: 'joined' },
  );
  if (found === null) throw new Problem('not_found');
  return found;
}

/** A portal without an owner could not be given one in the console. The caller holds the portal's lock. @throws Problem `last_owner` */
export async function requireAnotherOwner(em: EntityManager, { portal, operator }: PortalOperator): Promise<void> {
  const others = await em.count(PortalOperator, { portal, role: 'owner', operator: { $ne: operator.id } });
  if (others === 0) throw new Problem('last_owner', { detail: 'Make somebody else an owner first.' });
}
