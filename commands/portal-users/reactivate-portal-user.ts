import { Contact, Event, type Portal, type PortalUser } from '../../db/entities/index.ts';
import { lockPortalUser } from '../../db/locks.ts';
import { linkObstacle } from '../../db/queries/link-limits.ts';
import { reactivate } from '../../db/statements/change-confirmation-status.ts';
import type { Actor } from '../../vocabulary/events.ts';
import { Refusal } from '../../vocabulary/refusal.ts';
import type { CommandServices } from '../services.ts';
import { callNowOrByHousekeeping } from '../temporal-outages.ts';
import type { UnitOfWork } from '../transaction.ts';
import { obstacleRefusal } from './re-invite.ts';

interface ReactivationOptions {
  /** Looks at the locked row, its contact loaded, before it is changed; what it throws is thrown. */
  check?: (locked: PortalUser) => unknown;
  /** A reactivation with this key is done once; a repeated one changes nothing, whatever happened to the user since. */
  onceKey?: string;
}

/**
 * Gives access back. Who had confirmed is Confirmed again, password and all; who had not is invited anew, by a new run
 * under the same workflow id, and every earlier link stays dead.
 *
 * @throws Refusal `not_found`, `not_deactivated`
 * @throws Refusal `re_invite_too_soon`, `re_invite_cap_reached` where an e-mail would be sent that the portal's limits forbid
 */
export async function reactivatePortalUser(
  { em, afterCommit }: UnitOfWork,
  services: Pick<CommandServices, 'invitations' | 'logger'>,
  portal: Portal,
  id: string,
  actor: Actor,
  { check, onceKey }: ReactivationOptions = {},
): Promise<PortalUser> {
  const user = await lockPortalUser(em, id);
  if (user === null || user.portal.id !== portal.id) throw new Refusal('not_found');
  await em.findOneOrFail(Contact, user.contact.id);
  await check?.(user);
  if (onceKey !== undefined && (await em.count(Event, { portalUser: user, onceKey })) > 0) return user;
  if (user.confirmationStatus !== 'deactivated') throw new Refusal('not_deactivated');
  const obstacle = user.confirmedAt ? undefined : await linkObstacle(em, user.id);
  if (obstacle !== undefined) throw obstacleRefusal(obstacle, portal);

  if (reactivate(em, user, { actor, ...(onceKey !== undefined && { onceKey }) }) === 'not_confirmed') {
    afterCommit(() =>
      callNowOrByHousekeeping(services, { portalUserId: user.id }, () => services.invitations.startAgain(user, actor)),
    );
  }
  await em.flush();
  return user;
}
