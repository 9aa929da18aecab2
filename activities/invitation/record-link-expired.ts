import { raw } from '@mikro-orm/postgresql';
import type { EntityManager } from '../../db/database.ts';
import { InvitationEmail, type PortalUser } from '../../db/entities/index.ts';
import { recordEvent, recordEventOnce } from '../../db/events.ts';
import type { OlderRecord } from '../contracts.ts';
import type { Dependencies } from '../dependencies.ts';
import { hasFinalReply } from './record-ignored-signal.ts';
import { emailData, RETRIES_ENDED } from './record-invitation-delivery.ts';
import { withPortalUser } from './with-portal-user.ts';

/**
 * Records in the timeline that a generation's link has expired, and marks a reminder that the mail server has not accepted until
 * then as bounced. Safe to repeat: recorded once per generation.
 *
 * @returns the record where it is older than the workflow, which sent that link's e-mail: nothing is recorded then
 * @throws ApplicationFailure `PortalUserErased` (not retryable)
 */
export async function recordLinkExpired(
  { database }: Pick<Dependencies, 'database'>,
  { portalUserId, generation }: { portalUserId: string; generation: number },
): Promise<OlderRecord | undefined> {
  return withPortalUser(database, portalUserId, async (em, user) => {
    if (!(await hasFinalReply(em, user, generation))) return { generation: user.generation };
    if (user.generation === generation) {
      user.nextReminderAt = null;
      user.dueAt = null;
    }
    await bounceUnsentReminders(em, user, generation);
    await recordEventOnce(em, user, `link_expired/${generation}`, {
      type: 'invitation_link_expired',
      actor: 'temporal',
      data: { generation },
    });
    return undefined;
  });
}

/** Their link opens nothing any more. The caller holds the lock on the user's row. */
async function bounceUnsentReminders(em: EntityManager, user: PortalUser, generation: number): Promise<void> {
  const delivery = { $ne: 'suppressed' } as const;
  const unsent = { portalUser: user, generation, reminder: { $gt: 0 }, answeredAt: null, delivery };
  for (const email of await em.find(InvitationEmail, unsent)) {
    email.delivery = 'bounced';
    email.answeredAt = raw('now()');
    if (user.generation === generation) user.delivery = 'bounced';
    const { reply } = email;
    const data = { ...emailData(email), ...(typeof reply === 'string' && { reply }), reason: RETRIES_ENDED };
    recordEvent(em, user, { type: 'invitation_bounced', actor: 'temporal', data });
  }
}
