import { recordEventOnce } from '../db/record-event.ts';
import type { Dependencies } from './dependencies.ts';
import { hasEmailOf, type OlderRecord } from './record-ignored-signal.ts';
import { withPortalUser } from './with-portal-user.ts';

/**
 * Adds the expiry of a generation's link to the timeline. Safe to repeat: added once per generation.
 *
 * @returns the record where it is older than the workflow, which sent that link's e-mail: nothing is added then
 * @throws ApplicationFailure `PortalUserErased` (not retryable)
 */
export async function recordLinkExpired(
  { database }: Pick<Dependencies, 'database'>,
  { portalUserId, generation }: { portalUserId: string; generation: number },
): Promise<OlderRecord | undefined> {
  return withPortalUser(database, portalUserId, async (em, user) => {
    if (!(await hasEmailOf(em, user, generation))) return { generation: user.generation };
    if (user.generation === generation) user.nextReminderAt = null;
    await recordEventOnce(em, user, `link_expired/${generation}`, {
      type: 'invitation_link_expired',
      actor: 'temporal',
      data: { generation },
    });
    return undefined;
  });
}
