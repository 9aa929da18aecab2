import { activityInfo } from '@temporalio/activity';
import type { Database } from '../../db/database.ts';
import { Event } from '../../db/entities/index.ts';
import { type DecisionSource, deactivate } from '../../db/statements/change-confirmation-status.ts';
import { recordConfirmation } from '../../db/statements/record-confirmation.ts';
import type { ConfirmationStatus } from '../../vocabulary/statuses.ts';
import type { DeactivationOrder, DecisionOrder } from '../contracts.ts';
import type { Dependencies } from '../dependencies.ts';
import { recordLostReInvite } from './record-ignored-signal.ts';
import { portalUserErased, withPortalUser } from './with-portal-user.ts';

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
  { portalUserId, generation, outcome, actor, requestedBy }: DecisionOrder,
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

/**
 * Records a deactivation that a workflow received after the confirmation. Safe to repeat: one run of a workflow does it once,
 * even if the user is reactivated between two attempts.
 *
 * @returns the confirmation status that the row now has
 * @throws ApplicationFailure `PortalUserErased` (not retryable)
 */
export async function recordDeactivation(
  { database }: Pick<Dependencies, 'database'>,
  { portalUserId, actor }: DeactivationOrder,
): Promise<ConfirmationStatus> {
  const onceKey = `deactivated/${activityInfo().workflowExecution?.runId}`;
  return deactivateOnce(database, { portalUserId, actor, onceKey });
}

/**
 * Deactivates a Not Confirmed or a confirmed user and ends their sessions, once for each `onceKey`.
 *
 * @returns the confirmation status that the row now has
 * @throws ApplicationFailure `PortalUserErased` (not retryable)
 */
async function deactivateOnce(
  database: Database,
  { portalUserId, ...source }: DecisionSource & { portalUserId: string; onceKey: string },
): Promise<ConfirmationStatus> {
  return withPortalUser(database, portalUserId, async (em, user) => {
    if (user.confirmationStatus === 'deactivated') return 'deactivated';
    if ((await em.count(Event, { portalUser: user, onceKey: source.onceKey })) > 0) return user.confirmationStatus;
    await deactivate(em, user, source);
    return 'deactivated';
  });
}
