import { activityInfo } from '@temporalio/activity';
import { recordConfirmation } from '../db/statements/record-confirmation.ts';
import type { Actor, ConfirmationStatus, InvitationOutcome } from '../workflows/vocabulary.ts';
import type { Dependencies } from './dependencies.ts';
import { portalUserErased } from './portal-user-erased.ts';
import { deactivateOnce } from './record-deactivation.ts';
import { recordLostReInvite } from './record-lost-re-invite.ts';

export interface Outcome {
  portalUserId: string;
  /** Of the newest link, as the workflow knew it. */
  generation: number;
  outcome: InvitationOutcome;
  actor: Actor;
  /** Who asked for the newest link; absent for the first one. */
  requestedBy?: Actor;
}

/**
 * Records how the invitation ended: the confirmation status, and for a confirmation the password that was chosen with
 * it, which opens the portal from now on. Confirms only a user who is Not Confirmed, and only by the newest link: a
 * correction of the address may have replaced it since. Deactivates a confirmed user too: an earlier run confirmed them
 * after the deactivation was requested. Safe to repeat: one run of a workflow decides once, even if the
 * user is reactivated between two attempts.
 *
 * @returns the confirmation status that the row now has, which is the truth even where another run was first
 * @throws ApplicationFailure `PortalUserErased` (not retryable)
 */
export async function recordOutcome(
  { database }: Pick<Dependencies, 'database'>,
  { portalUserId, generation, outcome, actor, requestedBy }: Outcome,
): Promise<ConfirmationStatus> {
  const onceKey = `outcome/${activityInfo().workflowExecution?.runId}`;
  if (outcome === 'deactivated') {
    const status = await deactivateOnce(database, { portalUserId, actor, onceKey });
    await recordLostReInvite(database, { portalUserId, generation, requestedBy });
    return status;
  }
  const status = await recordConfirmation(database.em.fork(), { portalUserId, generation, actor, onceKey });
  if (status === null) throw portalUserErased(portalUserId);
  return status;
}
