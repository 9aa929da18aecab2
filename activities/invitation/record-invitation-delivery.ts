import type { Database, EntityManager } from '../../db/database.ts';
import { InvitationEmail, type PortalUser } from '../../db/entities/index.ts';
import { recordEvent } from '../../db/events.ts';
import { lockPortalUser } from '../../db/locks.ts';
import type { Invitation, QueuedEmail } from '../../db/queries/read-invitation.ts';
import { recordDelivery } from '../../db/statements/record-delivery.ts';
import type { InvitationEmailResult } from '../contracts.ts';
import { deadlines, invitationEmailResult } from './reminder-and-expiry-times.ts';

/** The reason of an `invitation_bounced` event where the mail server did not refuse the e-mail, but deferred it for too long. */
export const RETRIES_ENDED = 'gave_up' as const;

/** The final result of an e-mail. */
export interface DeliveryResult {
  delivery: 'sent' | 'bounced';
  /** The mail server's reply where it did not accept. */
  reply: string | null;
  /** Present where the e-mail is not retried any more. */
  reason?: typeof RETRIES_ENDED;
}

/**
 * Records that the mail server accepted the e-mail or refused it for good, or that it is not retried any more. Safe to repeat.
 *
 * @returns undefined where another attempt was first, or the portal user was erased
 */
export async function recordFinalDelivery(
  database: Database,
  prepared: EmailToSend,
  { delivery, reply, reason }: DeliveryResult,
): Promise<InvitationEmailResult | undefined> {
  const { email } = prepared;
  const answeredAt = prepared.now();
  const startedAt = prepared.startedAt ?? answeredAt;
  const next = deadlines(prepared, { startedAt, answeredAt, reminder: email.reminder, delivery });
  const state = await recordDelivery(database.em.fork(), {
    emailId: email.id,
    ...{ delivery, reply, answeredAt, ...next },
    event: {
      type: eventType(email, delivery),
      data: { ...emailData(email), ...(reply !== null && { reply }), ...(reason && { reason }) },
    },
  });
  if (state === undefined) return undefined;

  // The user confirmed, or a later generation took over, while this e-mail was being sent.
  const { confirmationStatus } = state;
  if (confirmationStatus !== 'not_confirmed' || state.generation !== email.generation) {
    return { delivery: 'not_applicable', confirmationStatus };
  }
  return invitationEmailResult(delivery, next);
}

/**
 * Records a temporary failure; the timeline has the first one of each e-mail only. An e-mail that is not retried, since the
 * user has confirmed, was deactivated or has a newer link, is suppressed by it. Safe to repeat.
 */
export async function recordDeferred(
  database: Database,
  emailId: string,
  { reply, retryAt }: { reply: string; retryAt: Date },
): Promise<void> {
  await withLockedEmail(database, emailId, async (em, email, user) => {
    if (email.answeredAt) return; // another attempt has the final reply
    if (email.delivery === 'queued') {
      recordEvent(em, user, { type: 'invitation_deferred', actor: 'temporal', data: { ...emailData(email), reply } });
    }
    const isNewest = user.generation === email.generation;
    email.delivery = isNewest && user.confirmationStatus === 'not_confirmed' ? 'deferred' : 'suppressed';
    email.reply = reply;
    if (!isNewest) return;
    user.delivery = email.delivery;
    user.dueAt = email.delivery === 'deferred' ? retryAt : null;
  });
}

async function withLockedEmail(
  database: Database,
  emailId: string,
  work: (em: EntityManager, email: InvitationEmail, user: PortalUser) => Promise<void>,
): Promise<void> {
  await database.em.fork().transactional(async (em) => {
    const email = await em.findOneOrFail(InvitationEmail, emailId);
    const user = await lockPortalUser(em, email.portalUser.id);
    await em.refresh(email);
    await work(em, email, user!);
  });
}

function eventType({ reminder }: Pick<InvitationEmail, 'reminder'>, delivery: DeliveryResult['delivery']) {
  if (delivery === 'bounced') return 'invitation_bounced';
  return reminder === 0 ? 'invitation_sent' : 'invitation_reminder_sent';
}

export function emailData({
  generation,
  reminder,
  toAddress,
}: Pick<InvitationEmail, 'generation' | 'reminder' | 'toAddress'>) {
  return { generation, reminder, to: toAddress };
}

/** An e-mail that is to be sent, and the invitation as it stood when that was decided. */
export interface EmailToSend extends Invitation {
  email: QueuedEmail;
}
