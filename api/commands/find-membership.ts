import type { EntityManager } from '../../db/database.ts';
import { type Portal, PortalOperator } from '../../db/entities/index.ts';
import { ACCEPTED } from '../../db/entities/portal-operator.ts';
import { Problem } from '../problem.ts';

/**
 * An operator's membership of a portal, with the operator.
 *
 * @param id the membership's (in the console, where an operator's would tell how old it is) or the operator's (in the API)
 * @throws Problem `not_found`
 */
export async function findMembership(em: EntityManager, portal: Portal, id: string): Promise<PortalOperator> {
  const found = await em.findOne(
    PortalOperator,
    { portal: portal.id, $or: [{ id }, { operator: id }] },
    { populate: ['operator'], strategy: 'joined' },
  );
  if (found === null) throw new Problem('not_found');
  return found;
}

/**
 * A portal without an owner could not be given one in the console. One who has not accepted yet is none. The caller holds the
 * portal's lock. @throws Problem `last_owner`
 */
export async function requireAnotherOwner(em: EntityManager, { portal, operator }: PortalOperator): Promise<void> {
  const another = { portal, role: 'owner', operator: { $ne: operator.id }, ...ACCEPTED } as const;
  if ((await em.count(PortalOperator, another)) === 0) {
    throw new Problem('last_owner', { detail: 'Make somebody else an owner first.' });
  }
}
