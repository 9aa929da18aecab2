import { type Operator, type Portal, PortalOperator } from '../../db/entities/index.ts';
import { lockOperator, lockOperatorsOf } from '../../db/lock-operators.ts';
import { recordPortalEvent } from '../../db/record-event.ts';
import type { Actor } from '../../workflows/vocabulary.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import { endSessions } from './end-sessions.ts';
import { findMembership, requireAnotherOwner } from './find-membership.ts';

/**
 * Takes a portal away from an operator: their very next request is refused. Who has no portal left is signed out
 * everywhere and cannot sign in.
 *
 * @throws Problem `not_found`, `last_owner`
 */
export async function removeOperator(
  { em }: UnitOfWork,
  portal: Portal,
  operatorId: string,
  actor: Actor,
): Promise<Operator> {
  await lockOperatorsOf(em, portal.id);
  const membership = await findMembership(em, portal, operatorId);
  if (membership.role === 'owner') await requireAnotherOwner(em, membership);
  const operator = membership.operator.getEntity();
  await lockOperator(em, operator.emailKey);
  em.remove(membership);
  recordPortalEvent(em, portal, { type: 'operator_removed', actor, data: { operatorId } });
  await em.flush();
  if ((await em.count(PortalOperator, { operator })) === 0) await endSessions(em, operatorId);
  return operator;
}
