import type { EntityManager } from '../../db/database.ts';
import type { Portal, PortalUser } from '../../db/entities/index.ts';
import { standingOf } from '../../db/lock-portal-user.ts';
import { Problem } from '../problem.ts';

/** A portal user of this portal who may sign in, held so that they still may when the transaction ends. @throws Problem `not_found`, `not_confirmed`, `deactivated` */
export async function requireConfirmed(em: EntityManager, portal: Portal, portalUserId: string): Promise<PortalUser> {
  const user = await standingOf(em, portalUserId);
  if (user === null || user.portal.id !== portal.id) {
    throw new Problem('not_found', { detail: 'This portal has no portal user with this id.' });
  }
  if (user.confirmationStatus === 'confirmed') return user;
  throw new Problem(user.confirmationStatus, { detail: 'Requests are for who can sign in and see them.' });
}
