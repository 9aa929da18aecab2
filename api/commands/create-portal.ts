import { Portal } from '../../db/entities/index.ts';
import { recordPortalEvent } from '../../db/record-event.ts';
import type { Actor } from '../../workflows/vocabulary.ts';
import { makeFirstOwner } from '../first-operator.ts';
import { Problem } from '../problem.ts';
import type { NewPortal } from '../schemas/portal.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import { requireConsistentSettings } from './invitation-policy.ts';

/**
 * Creates a portal, not enabled yet.
 *
 * @param firstOperator key of the address of its owner, where the environment names one
 * @throws Problem `portal_exists`, `invalid_request`
 */
export async function createPortal(
  { em }: UnitOfWork,
  input: NewPortal,
  actor: Actor,
  firstOperator?: string,
): Promise<Portal> {
  requireConsistentSettings(input);
  if ((await em.count(Portal, { slug: input.slug })) > 0) throw new Problem('portal_exists');
  const portal = em.create(Portal, input);
  recordPortalEvent(em, portal, { type: 'portal_created', actor });
  if (firstOperator !== undefined) await makeFirstOwner(em, portal, firstOperator);
  await em.flush();
  return portal;
}
