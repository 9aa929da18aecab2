import type { Portal } from '../../db/entities/index.ts';
import { lockOperatorsOf } from '../../db/lock-operators.ts';
import type { ListedOperator } from '../../db/queries/list-operators.ts';
import { recordPortalEvent } from '../../db/record-event.ts';
import type { Actor } from '../../workflows/vocabulary.ts';
import { Problem } from '../problem.ts';
import type { Services } from '../services.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import { findMembership } from './find-membership.ts';
import { inviteOperator, requireMayInvite } from './invite-operator.ts';

/**
 * Mails a pending operator a new link with full validity. Every earlier link is dead.
 *
 * @throws Problem `not_found`, `operator_active`
 * @throws Problem `re_invite_too_soon`, `re_invite_cap_reached`
 */
export async function reInviteOperator(
  unit: UnitOfWork,
  services: Services,
  portal: Portal,
  id: string,
  actor: Actor,
): Promise<ListedOperator> {
  const { em } = unit;
  await lockOperatorsOf(em, portal.id);
  const membership = await findMembership(em, portal, id);
  if (membership.acceptedAt) throw new Problem('operator_active', { detail: 'They need no invitation any more.' });
  const operatorId = membership.operator.id;
  await requireMayInvite(em, portal, operatorId);
  membership.generation += 1;
  const data = { operatorId, generation: membership.generation };
  recordPortalEvent(em, portal, { type: 'operator_re_invited', actor, data });
  await em.flush();
  return { membership, email: await inviteOperator(unit, services, portal, membership) };
}
