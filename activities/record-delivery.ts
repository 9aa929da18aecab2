import type { Database, EntityManager } from '../db/database.ts';
import { InvitationEmail, type PortalUser } from '../db/entities/index.ts';
import { lockPortalUser } from '../db/lock-portal-user.ts';
import { recordEvent } from '../db/record-event.ts';
import { recordAnswer } from '../db/statements/record-answer.ts';
import type { EventType } from '../workflows/vocabulary.ts';
import { deadlines, invitationEmailResult } from './deadlines.ts';
import type { PreparedEmail } from './prepare-invitation-email.ts';
import type { InvitationEmailResult } from './send-invitation-email.ts';

/** Why an e-mail counts as bounced that the mail server did not refuse. */
export const GAVE_UP = 'gave_up';

/** What became of an e-mail, and what the workflow has to do next. */
export interface FinalAnswer {
  delivery: 'sent' | 'bounced';
  /** The mail server's words where it refused. */
  reply: string | null;
  /** Present where the mail server refused nothing, and was not asked any more. */
  reason?: typeof GAVE_UP;
}

/**
 * Records that the mail server took the e-mail, or refused it for good. Safe to repeat.
 *
 * @returns undefined where another attempt has recorded an answer before, or the portal user was erased
 */
export async function recordFinalAnswer(
  database: Database,
  prepared: PreparedEmail,
  { delivery, reply, reason }: FinalAnswer,
): Promise<InvitationEmailResult | undefined> {
  const { email } = prepared;
  const answeredAt = prepared.now();
  const startedAt = prepared.startedAt ?? answeredAt;
  const next = deadlines(prepared, { startedAt, answeredAt, reminder: email.reminder, delivery });
  const standing = await recordAnswer(database.em.fork(), {
    emailId: email.id,
    ...{ delivery, reply, answeredAt, ...next },
    event: {
      type: eventType(email, delivery),
      data: { ...emailData(email), ...(reply !== null && { reply }), ...(reason && { reason }) },
    },
  });
  if (standing === undefined) return undefined;

  // The person confirmed, or a later generation took over, while this e-mail was on its way.
  const { confirmationStatus } = standing;
  if (confirmationStatus !== 'not_confirmed' || standing.generation !== email.generation) {
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
    if (email.answeredAt) return; // another attempt has the final answer
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

function eventType({ reminder }: Pick<InvitationEmail, 'reminder'>, delivery: FinalAnswer['delivery']): EventType {
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
