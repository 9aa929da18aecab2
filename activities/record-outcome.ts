import { activityInfo } from '@temporalio/activity';
import type { Database } from '../db/database.ts';
import { type DecisionSource, deactivate } from '../db/decide.ts';
import { Event } from '../db/entities/index.ts';
import { recordConfirmation } from '../db/statements/record-confirmation.ts';
import type { Actor, ConfirmationStatus, InvitationOutcome } from '../workflows/vocabulary.ts';
import type { Dependencies } from './dependencies.ts';
import { portalUserErased } from './portal-user-erased.ts';
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
  if (outcome === 'deactivated') return recordDeactivation(database, { portalUserId, actor, onceKey });
  const status = await recordConfirmation(database.em.fork(), { portalUserId, generation, actor, onceKey });
  if (status === null) throw portalUserErased(portalUserId);
  return status;
}

async function recordDeactivation(
  database: Database,
  { portalUserId, ...source }: DecisionSource & { portalUserId: string; onceKey: string },
): Promise<ConfirmationStatus> {
  return withPortalUser(database, portalUserId, async (em, user) => {
    if (user.confirmationStatus !== 'not_confirmed') return user.confirmationStatus;
    if ((await em.count(Event, { portalUser: user, onceKey: source.onceKey })) > 0) return user.confirmationStatus;
    deactivate(em, user, source);
    return 'deactivated';
  });
}
