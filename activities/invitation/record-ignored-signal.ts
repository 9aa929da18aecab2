import { activityInfo } from '@temporalio/activity';
import type { Database, EntityManager } from '../../db/database.ts';
import { InvitationEmail, type PortalUser } from '../../db/entities/index.ts';
import { recordEventOnce } from '../../db/events.ts';
import { linkBegunBy } from '../../db/queries/link-limits.ts';
import type { Actor } from '../../vocabulary/events.ts';
import type { IgnoredSignal, OlderRecord } from '../contracts.ts';
import type { Dependencies } from '../dependencies.ts';
import { withPortalUser } from './with-portal-user.ts';

/**
 * Adds a signal that changed nothing to the timeline. Not a re-invite for a link that a correction or a reactivation began: they
 * changed the row and have an event of their own, and the signal was only to have the link mailed. Safe to repeat: added once per activity.
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
    if (mailedGeneration !== undefined && !(await hasFinalReply(em, user, mailedGeneration))) {
      return { generation: user.generation };
    }
    if (signal === 'reInvite' && (await linkBegunBy(em, user.id, generation + 1)) !== null) return undefined;
    await recordEventOnce(em, user, onceKey, { type: 'signal_ignored', actor, data: { signal, generation } });
    return undefined;
  });
}

/** Whether the mail server's final reply to a link's first e-mail is in Postgres. */
export async function hasFinalReply(em: EntityManager, portalUser: PortalUser, generation: number): Promise<boolean> {
  return (await em.count(InvitationEmail, { portalUser, generation, reminder: 0, answeredAt: { $ne: null } })) > 0;
}

interface LostReInvite {
  portalUserId: string;
  generation: number;
  /** Who asked for it; absent for a generation that nobody asked for by a re-invite. */
  requestedBy?: Actor | undefined;
}

/**
 * Adds a re-invite without effect to the timeline: a decision was recorded before its e-mail was queued. A link that a correction
 * or a reactivation began has an event of its own. Safe to repeat: added once for each generation.
 *
 * @throws ApplicationFailure `PortalUserErased` (not retryable)
 */
export async function recordLostReInvite(
  database: Database,
  { portalUserId, generation, requestedBy }: LostReInvite,
): Promise<void> {
  if (requestedBy === undefined) return;
  await withPortalUser(database, portalUserId, async (em, user) => {
    if (user.confirmationStatus === 'not_confirmed') return;
    if ((await em.count(InvitationEmail, { portalUser: user, generation, reminder: 0 })) > 0) return;
    if ((await linkBegunBy(em, portalUserId, generation)) !== null) return;
    const data = { signal: 'reInvite', generation: generation - 1 };
    await recordEventOnce(em, user, `lost_re_invite/${generation}`, {
      type: 'signal_ignored',
      actor: requestedBy,
      data,
    });
  });
}
