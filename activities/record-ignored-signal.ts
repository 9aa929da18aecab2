import { activityInfo } from '@temporalio/activity';
import type { EntityManager } from '../db/database.ts';
import { InvitationEmail, type PortalUser } from '../db/entities/index.ts';
import { linkBegunBy } from '../db/queries/link-begun-by.ts';
import { recordEventOnce } from '../db/record-event.ts';
import type { Actor, SignalName } from '../workflows/vocabulary.ts';
import type { Dependencies } from './dependencies.ts';
import { withPortalUser } from './with-portal-user.ts';

export interface IgnoredSignal {
  portalUserId: string;
  signal: SignalName;
  /** Of the link that the signal spoke of. */
  generation: number;
  actor: Actor;
  /** Of the link that the workflow follows; absent once it has decided, and in calls of earlier releases. */
  currentGeneration?: number;
  /** Of the newest link whose e-mail the workflow knows to be answered for; absent: not known, or of no matter. */
  mailedGeneration?: number | undefined;
}

/**
 * The workflow follows another link than Postgres has, or knows an answer that Postgres lacks: Postgres was restored from a backup, or
 * the run was started by a signal that was older than the row.
 */
export interface OlderRecord {
  /** The generation that the portal user's row has. */
  generation: number;
}

/**
 * Adds a signal that changed nothing to the timeline. Not a re-invite for a link that a correction or a reactivation began: they
 * changed the row, which their own event tells, and the signal was only to have the link mailed. Safe to repeat: added once per activity.
 *
 * @returns the record where the workflow follows another link than it has: the workflow was wrong to ignore the signal, and nothing
 *   is added
 * @throws ApplicationFailure `PortalUserErased` (not retryable)
 */
export async function recordIgnoredSignal(
  { database }: Pick<Dependencies, 'database'>,
  { portalUserId, signal, generation, actor, currentGeneration, mailedGeneration }: IgnoredSignal,
): Promise<OlderRecord | undefined> {
  const { workflowExecution, activityId } = activityInfo();
  const onceKey = `signal_ignored/${workflowExecution?.runId}/${activityId}`;
  return withPortalUser(database, portalUserId, async (em, user) => {
    const isBehind = currentGeneration !== undefined && currentGeneration < user.generation;
    if (isBehind && user.confirmationStatus === 'not_confirmed') return { generation: user.generation };
    if (mailedGeneration !== undefined && !(await hasAnswerFor(em, user, mailedGeneration))) {
      return { generation: user.generation };
    }
    if (signal === 'reInvite' && (await linkBegunBy(em, user.id, generation + 1)) !== null) return undefined;
    await recordEventOnce(em, user, onceKey, { type: 'signal_ignored', actor, data: { signal, generation } });
    return undefined;
  });
}

/** Whether the mail server's answer to a link's first e-mail is in Postgres. */
export async function hasAnswerFor(em: EntityManager, portalUser: PortalUser, generation: number): Promise<boolean> {
  return (await em.count(InvitationEmail, { portalUser, generation, reminder: 0, answeredAt: { $ne: null } })) > 0;
}
