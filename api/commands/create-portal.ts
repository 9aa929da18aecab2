import { Portal } from '../../db/entities/index.ts';
import { recordPortalEvent } from '../../db/record-event.ts';
import type { Actor } from '../../workflows/vocabulary.ts';
import { Problem } from '../problem.ts';
import type { NewPortal } from '../schemas/portal.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import { requireRemindersWithinValidity } from './invitation-policy.ts';

/** Creates a portal, not enabled yet. @throws Problem `portal_exists`, `invalid_request` */
export async function createPortal({ em }: UnitOfWork, input: NewPortal, actor: Actor): Promise<Portal> {
  requireRemindersWithinValidity(input);
  if ((await em.count(Portal, { slug: input.slug })) > 0) throw new Problem('portal_exists');
  const portal = em.create(Portal, input);
  recordPortalEvent(em, portal, { type: 'portal_created', actor });
  await em.flush();
  return portal;
}
