import type { EntityManager } from '../../db/database.ts';
import type { Portal, PortalUser } from '../../db/entities/index.ts';
import { holdPortalUser } from '../../db/locks.ts';
import { findPortalUser } from '../../db/queries/list-portal-users.ts';
import { Refusal } from '../../vocabulary/refusal.ts';
import type { InvitationOutcome } from '../../vocabulary/statuses.ts';

/** @returns the portal user with their contact @throws Refusal `not_found`, for a user of another portal too */
export async function requirePortalUser(em: EntityManager, portal: Portal, id: string): Promise<PortalUser> {
  const user = await findPortalUser(em, portal.id, id);
  if (user === null) throw new Refusal('not_found');
  return user;
}

/** A portal user of this portal who may sign in, held so that they still may when the transaction ends. @throws Refusal `not_found`, `not_confirmed`, `deactivated` */
export async function requireConfirmed(em: EntityManager, portal: Portal, portalUserId: string): Promise<PortalUser> {
  const user = await holdPortalUser(em, portalUserId);
  if (user === null || user.portal.id !== portal.id) {
    throw new Refusal('not_found', { detail: 'This portal has no portal user with this id.' });
  }
  if (user.confirmationStatus === 'confirmed') return user;
  throw new Refusal(user.confirmationStatus, { detail: 'Requests are for who can sign in and see them.' });
}

/** Why nothing more is done to an invitation that has ended. */
export function invitationEndedRefusal(outcome: InvitationOutcome): Refusal {
  return outcome === 'confirmed'
    ? new Refusal('already_confirmed')
    : new Refusal('deactivated', { detail: 'Reactivate the portal user first.' });
}

/** @throws Refusal `already_confirmed` or `deactivated` */
export function requireNotConfirmed({ confirmationStatus }: PortalUser): void {
  if (confirmationStatus !== 'not_confirmed') throw invitationEndedRefusal(confirmationStatus as InvitationOutcome);
}
