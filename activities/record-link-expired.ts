import { recordEventOnce } from '../db/record-event.ts';
import type { Dependencies } from './dependencies.ts';
import { withPortalUser } from './with-portal-user.ts';

/**
 * Tells the timeline that a generation's link ran out. Safe to repeat: told once per generation.
 *
 * @throws ApplicationFailure `PortalUserErased` (not retryable)
 */
export async function recordLinkExpired(
  { database }: Pick<Dependencies, 'database'>,
  { portalUserId, generation }: { portalUserId: string; generation: number },
): Promise<void> {
  await withPortalUser(database, portalUserId, async (em, user) => {
    if (user.generation === generation) user.nextReminderAt = null;
    await recordEventOnce(em, user, `link_expired/${generation}`, {
      type: 'invitation_link_expired',
      actor: 'temporal',
      data: { generation },
    });
  });
}
