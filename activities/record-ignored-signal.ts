import { activityInfo } from '@temporalio/activity';
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
  await withPortalUser(database, portalUserId, async (em, user) => {
    await recordEventOnce(em, user, onceKey, { type: 'signal_ignored', actor, data: { signal, generation } });
  });
}
