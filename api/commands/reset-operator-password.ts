import type { Portal } from '../../db/entities/index.ts';
import { PortalOperator } from '../../db/entities/index.ts';
import { lockOperator } from '../../db/lock-operators.ts';
import { recordPortalEvent } from '../../db/record-event.ts';
import type { Actor } from '../../workflows/vocabulary.ts';
import { newPassword } from '../new-password.ts';
import { hashPassword } from '../password.ts';
import { Problem } from '../problem.ts';
import { resetFailedSignIns } from '../sign-in/sign-in-limits.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import type { AddedOperator } from './add-operator.ts';
import { endSessions } from './end-sessions.ts';
import { findMembership } from './find-membership.ts';

/**
 * Makes a new password for who has lost theirs, and signs them out everywhere.
 *
 * @throws Problem `not_found`
 * @throws Problem `operator_elsewhere` where they work for another portal, too: an owner of this one must not get at that one
 */
export async function resetOperatorPassword(
  { em }: UnitOfWork,
  portal: Portal,
  operatorId: string,
  actor: Actor,
): Promise<AddedOperator> {
  const membership = await findMembership(em, portal, operatorId);
  const operator = membership.operator.getEntity();
  await lockOperator(em, operator.emailKey);
  if ((await em.count(PortalOperator, { operator })) > 1) {
    throw new Problem('operator_elsewhere', {
      detail: 'They work for another portal, too, and change their password themselves.',
    });
  }
  const initialPassword = await newPassword([operator.email, operator.name, portal.name]);
  operator.passwordHash = await hashPassword(initialPassword);
  recordPortalEvent(em, portal, { type: 'operator_changed', actor, data: { operatorId, changed: ['password'] } });
  await em.flush();
  await endSessions(em, operatorId);
  await resetFailedSignIns(em, 'console', operator.emailKey);
  return { membership, initialPassword };
}
