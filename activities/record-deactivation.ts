import { activityInfo } from '@temporalio/activity';
import type { Database } from '../db/database.ts';
import { type DecisionSource, deactivate } from '../db/decide.ts';
import { endPortalUserSessions } from '../db/end-portal-user-sessions.ts';
import { Event } from '../db/entities/index.ts';
import { suppressUnsentEmails } from '../db/statements/suppress-unsent-emails.ts';
import type { Actor, ConfirmationStatus } from '../workflows/vocabulary.ts';
import type { Dependencies } from './dependencies.ts';
import { withPortalUser } from './with-portal-user.ts';

export interface Deactivation {
  portalUserId: string;
  actor: Actor;
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
  { portalUserId, actor }: Deactivation,
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
export async function deactivateOnce(
  database: Database,
  { portalUserId, ...source }: DecisionSource & { portalUserId: string; onceKey: string },
): Promise<ConfirmationStatus> {
  return withPortalUser(database, portalUserId, async (em, user) => {
    if (user.confirmationStatus === 'deactivated') return 'deactivated';
    if ((await em.count(Event, { portalUser: user, onceKey: source.onceKey })) > 0) return user.confirmationStatus;
    deactivate(em, user, source);
    await suppressUnsentEmails(em, user.id);
    await endPortalUserSessions(em, user.id);
    return 'deactivated';
  });
}
