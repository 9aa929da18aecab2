import { reactivate } from '../../db/decide.ts';
import { Contact, type Portal, type PortalUser } from '../../db/entities/index.ts';
import { lockPortalUser } from '../../db/lock-portal-user.ts';
import { linkObstacle } from '../../db/queries/re-invite-obstacles.ts';
import type { Actor } from '../../workflows/vocabulary.ts';
import { Problem } from '../problem.ts';
import type { Services } from '../services.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import { nowOrLater } from './now-or-later.ts';
import { obstacleProblem } from './re-invite.ts';

/**
 * Gives access back. Who had confirmed is Confirmed again, password and all; who had not is invited anew, by a new run
 * under the same workflow id, and every earlier link stays dead.
 *
 * @param check looks at the locked row, its contact loaded, before it is changed; what it throws is thrown
 * @throws Problem `not_found`, `not_deactivated`
 * @throws Problem `re_invite_too_soon`, `re_invite_cap_reached` where an e-mail would be sent that the portal's limits forbid
 */
export async function reactivatePortalUser(
  { em, afterCommit }: UnitOfWork,
  services: Services,
  portal: Portal,
  id: string,
  actor: Actor,
  check: (locked: PortalUser) => unknown = () => {},
): Promise<PortalUser> {
  const user = await lockPortalUser(em, id);
  if (user === null || user.portal.id !== portal.id) throw new Problem('not_found');
  await em.findOneOrFail(Contact, user.contact.id);
  await check(user);
  if (user.confirmationStatus !== 'deactivated') throw new Problem('not_deactivated');
  const obstacle = user.confirmedAt ? undefined : await linkObstacle(em, user.id);
  if (obstacle !== undefined) throw obstacleProblem(obstacle, portal);

  if (reactivate(em, user, { actor }) === 'not_confirmed') {
    afterCommit(() =>
      nowOrLater(services, { portalUserId: user.id }, () => services.invitations.startAgain(user, actor)),
    );
  }
  await em.flush();
  return user;
}
