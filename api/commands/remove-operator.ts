import type { EntityManager } from '../../db/database.ts';
import { FormerPortalOperator, Operator, type Portal, PortalOperator } from '../../db/entities/index.ts';
import { ACCEPTED } from '../../db/entities/portal-operator.ts';
import { lockOperator, lockOperatorsOf } from '../../db/lock-operators.ts';
import { recordPortalEvent } from '../../db/record-event.ts';
import type { Actor } from '../../workflows/vocabulary.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import { endSessions } from './end-sessions.ts';
import { findMembership, requireAnotherOwner } from './find-membership.ts';

/**
 * Takes a portal away from an operator, who may not have accepted it yet: their next request there is refused, and every
 * link to it is dead. An operator without any portal left is signed out everywhere and cannot sign in; should they be invited
 * again, they choose a new password. The portal keeps the name, since its history names them.
 *
 * @throws Problem `not_found`, `last_owner`
 */
export async function removeOperator(
  { em }: UnitOfWork,
  portal: Portal,
  id: string,
  actor: Actor,
): Promise<PortalOperator> {
  await lockOperatorsOf(em, portal.id);
  const membership = await findMembership(em, portal, id);
  const { role, acceptedAt, name } = membership;
  if (role === 'owner' && acceptedAt) await requireAnotherOwner(em, membership);
  const operator = membership.operator.getEntity();
  await lockOperator(em, operator.emailKey);
  em.remove(membership);
  recordPortalEvent(em, portal, { type: 'operator_removed', actor, data: { operatorId: operator.id } });
  if (acceptedAt) await em.upsert(FormerPortalOperator, { operator: operator.id, portal: portal.id, name });
  await em.flush();
  if ((await em.count(PortalOperator, { operator, ...ACCEPTED })) === 0) await closeAccount(em, operator.id);
  return membership;
}

/** Mailed links to a new password die with the password, also should the operator be invited again. */
async function closeAccount(em: EntityManager, id: string): Promise<void> {
  await endSessions(em, id);
  // The environment's password is the administrator's: it opens the portals that are made later.
  const ofTheirOwn = { id, passwordSetBy: { $ne: 'environment' } } as const;
  await em.nativeUpdate(Operator, ofTheirOwn, { passwordHash: null, passwordSetBy: null });
}
