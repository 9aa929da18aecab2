import { lockPortalUser } from '../db/queries/lock-portal-user.ts';
import { recordEventOnce } from '../db/record-event.ts';
import type { Dependencies } from './dependencies.ts';
import { portalUserErased } from './portal-user-erased.ts';

/**
 * Tells the timeline that a generation's link ran out. Safe to repeat: told once per generation.
 *
 * @throws ApplicationFailure `PortalUserErased` (not retryable)
 */
export async function recordLinkExpired(
  { database }: Pick<Dependencies, 'database'>,
  { portalUserId, generation }: { portalUserId: string; generation: number },
): Promise<void> {
  await database.em.fork().transactional(async (em) => {
    const user = await lockPortalUser(em, portalUserId);
    if (user === null) throw portalUserErased(portalUserId);
    await recordEventOnce(em, user, `link_expired/${generation}`, {
      type: 'invitation_link_expired',
      actor: 'temporal',
      data: { generation },
    });
  });
}
