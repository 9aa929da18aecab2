import { activityInfo } from '@temporalio/activity';
import { confirm, deactivate } from '../db/decide.ts';
import { Event } from '../db/entities/index.ts';
import type { Actor, ConfirmationStatus, InvitationOutcome } from '../workflows/vocabulary.ts';
import type { Dependencies } from './dependencies.ts';
import { withPortalUser } from './with-portal-user.ts';

export interface Outcome {
  portalUserId: string;
  /** Of the newest link, as the workflow knew it. */
  generation: number;
  outcome: InvitationOutcome;
  actor: Actor;
}

/**
 * Writes how the invitation ended: the confirmation status, and for a confirmation the password that was chosen with
 * it, which opens the portal from now on. Changes only a user who is Not Confirmed, and confirms only by the newest link:
 * a correction of the address may have replaced it since. Safe to repeat: one run of a workflow decides once, even if the
 * user is reactivated between two attempts.
 *
 * @returns the confirmation status that the row now has, which is the truth even where another run was first
 * @throws ApplicationFailure `PortalUserErased` (not retryable)
 */
export async function recordOutcome(
  { database }: Pick<Dependencies, 'database'>,
  { portalUserId, generation, outcome, actor }: Outcome,
): Promise<ConfirmationStatus> {
  const onceKey = `outcome/${activityInfo().workflowExecution?.runId}`;
  return withPortalUser(database, portalUserId, async (em, user) => {
    const superseded = outcome === 'confirmed' && generation < user.generation;
    if (user.confirmationStatus !== 'not_confirmed' || superseded) return user.confirmationStatus;
    if ((await em.count(Event, { portalUser: user, onceKey })) > 0) return user.confirmationStatus;

    if (outcome === 'confirmed') await confirm(em, user, { actor, onceKey });
    else deactivate(em, user, { actor, onceKey });
    return outcome;
  });
}
