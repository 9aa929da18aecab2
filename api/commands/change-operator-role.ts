import type { Portal, PortalOperator } from '../../db/entities/index.ts';
import { lockOperatorsOf } from '../../db/lock-operators.ts';
import { recordPortalEvent } from '../../db/record-event.ts';
import type { Actor, OperatorRole } from '../../workflows/vocabulary.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import { findMembership, requireAnotherOwner } from './find-membership.ts';

/** Changes what an operator may do at a portal, from their next request on. Safe to repeat. @throws Problem `not_found`, `last_owner` */
export async function changeOperatorRole(
  { em }: UnitOfWork,
  portal: Portal,
  id: string,
  role: OperatorRole,
  actor: Actor,
): Promise<PortalOperator> {
  await lockOperatorsOf(em, portal.id);
  const membership = await findMembership(em, portal, id);
  const before = membership.role;
  if (before === role) return membership;
  if (before === 'owner' && membership.acceptedAt) await requireAnotherOwner(em, membership);
  membership.role = role;
  const operatorId = membership.operator.id;
  recordPortalEvent(em, portal, { type: 'operator_changed', actor, data: { operatorId, before, after: role } });
  await em.flush();
  return membership;
}
