import { deactivate } from '../db/deactivate.ts';
import { lockPortalUser } from '../db/queries/lock-portal-user.ts';
import { recordEvent } from '../db/record-event.ts';
import type { Actor, ConfirmationStatus, InvitationOutcome } from '../workflows/vocabulary.ts';
import type { Dependencies } from './dependencies.ts';
import { portalUserErased } from './portal-user-erased.ts';

export interface Outcome {
  portalUserId: string;
  outcome: InvitationOutcome;
  actor: Actor;
}

/**
 * Writes how the invitation ended: the confirmation status, and for a confirmation the password that was chosen with
 * it, which opens the portal from now on. Safe to repeat: only a user who is Not Confirmed is changed.
 *
 * @returns the confirmation status the row now has, which is the truth even where another run was first
 * @throws ApplicationFailure `PortalUserErased` (not retryable)
 */
export async function recordOutcome(
  { database }: Pick<Dependencies, 'database'>,
  { portalUserId, outcome, actor }: Outcome,
): Promise<ConfirmationStatus> {
  return database.em.fork().transactional(async (em) => {
    const user = await lockPortalUser(em, portalUserId);
    if (user === null) throw portalUserErased(portalUserId);
    if (user.confirmationStatus !== 'not_confirmed') return user.confirmationStatus;

    if (outcome === 'deactivated') {
      deactivate(em, user, actor);
      return outcome;
    }
    await em.populate(user, ['pendingPasswordHash']);
    user.confirmationStatus = 'confirmed';
    user.confirmedAt = new Date();
    user.passwordHash = user.pendingPasswordHash ?? null;
    user.pendingPasswordHash = null;
    user.nextReminderAt = null;
    recordEvent(em, user, { type: 'portal_user_confirmed', actor, data: { generation: user.generation } });
    return outcome;
  });
}
