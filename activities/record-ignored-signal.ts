import { activityInfo } from '@temporalio/activity';
import { lockPortalUser } from '../db/queries/lock-portal-user.ts';
import { recordEventOnce } from '../db/record-event.ts';
import type { Actor, SignalName } from '../workflows/vocabulary.ts';
import type { Dependencies } from './dependencies.ts';
import { portalUserErased } from './portal-user-erased.ts';

export interface IgnoredSignal {
  portalUserId: string;
  signal: SignalName;
  /** Generation of the link that the signal spoke of, where it spoke of one. */
  generation: number | null;
  actor: Actor;
}

/**
 * Tells the timeline of a signal that came too late to change anything. Safe to repeat: told once per activity.
 *
 * @throws ApplicationFailure `PortalUserErased` (not retryable)
 */
export async function recordIgnoredSignal(
  { database }: Pick<Dependencies, 'database'>,
  { portalUserId, signal, generation, actor }: IgnoredSignal,
): Promise<void> {
  const { workflowExecution, activityId } = activityInfo();
  const onceKey = `signal_ignored/${workflowExecution?.runId}/${activityId}`;
  await database.em.fork().transactional(async (em) => {
    const user = await lockPortalUser(em, portalUserId);
    if (user === null) throw portalUserErased(portalUserId);
    await recordEventOnce(em, user, onceKey, { type: 'signal_ignored', actor, data: { signal, generation } });
  });
}
