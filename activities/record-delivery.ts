import type { Database, EntityManager } from '../db/database.ts';
import { InvitationEmail, Portal, type PortalUser } from '../db/entities/index.ts';
import { lockPortalUser } from '../db/lock-portal-user.ts';
import { recordEvent } from '../db/record-event.ts';
import { deadlines } from './deadlines.ts';
import type { InvitationEmailResult } from './send-invitation-email.ts';

/** Records that the mail server took the e-mail. Safe to repeat. */
export async function recordAccepted(database: Database, emailId: string): Promise<InvitationEmailResult> {
  return recordAnswer(database, emailId, 'sent', (em, email, user, answeredAt) => {
    user.emailsSent += 1;
    user.lastSentAt = answeredAt;
    const type = email.reminder === 0 ? 'invitation_sent' : 'invitation_reminder_sent';
    recordEvent(em, user, { type, actor: 'temporal', data: emailData(email) });
  });
}

/** Records a permanent refusal with the mail server's reply. The workflow goes on waiting. Safe to repeat. */
export async function recordRefused(
  database: Database,
  emailId: string,
  reply: string,
): Promise<InvitationEmailResult> {
  return recordAnswer(database, emailId, 'bounced', (em, email, user) => {
    email.reply = reply;
    recordEvent(em, user, { type: 'invitation_bounced', actor: 'temporal', data: { ...emailData(email), reply } });
  });
}

/** Records a temporary failure; the timeline tells of the first one of each e-mail only. Safe to repeat. */
export async function recordDeferred(database: Database, emailId: string, reply: string): Promise<void> {
  await withLockedEmail(database, emailId, async (em, email, user) => {
    if (email.answeredAt) return; // another attempt has the final answer
    if (email.delivery === 'queued') {
      recordEvent(em, user, { type: 'invitation_deferred', actor: 'temporal', data: { ...emailData(email), reply } });
    }
    email.delivery = 'deferred';
    email.reply = reply;
    if (user.generation === email.generation) user.delivery = 'deferred';
  });
}

async function recordAnswer(
  database: Database,
  emailId: string,
  delivery: 'sent' | 'bounced',
  apply: (em: EntityManager, email: InvitationEmail, user: PortalUser, answeredAt: Date) => void,
): Promise<InvitationEmailResult> {
  return withLockedEmail(database, emailId, async (em, email, user) => {
    if (!email.answeredAt) {
      email.delivery = delivery;
      email.reply = null;
      email.answeredAt = new Date();
      apply(em, email, user, email.answeredAt);
    }
    // The person confirmed, or a later generation took over, while this e-mail was on its way.
    if (user.confirmationStatus !== 'not_confirmed' || user.generation !== email.generation) {
      return { delivery: 'not_applicable', confirmationStatus: user.confirmationStatus };
    }
    const final = email.delivery === 'bounced' ? 'bounced' : 'sent';
    user.delivery = final;
    await em.flush();

    const portal = await em.findOneOrFail(Portal, user.portal.id);
    const next = await deadlines(em, user, portal, email.reminder);
    user.linkExpiresAt = new Date(next.linkExpiresAt);
    user.nextReminderAt = next.nextReminderAt === null ? null : new Date(next.nextReminderAt);
    return { delivery: final, ...next };
  });
}

async function withLockedEmail<T>(
  database: Database,
  emailId: string,
  work: (em: EntityManager, email: InvitationEmail, user: PortalUser) => Promise<T>,
): Promise<T> {
  return database.em.fork().transactional(async (em) => {
    const email = await em.findOneOrFail(InvitationEmail, emailId);
    const user = await lockPortalUser(em, email.portalUser.id);
    await em.refresh(email);
    return work(em, email, user!);
  });
}

function emailData(email: InvitationEmail) {
  return { generation: email.generation, reminder: email.reminder, to: email.toAddress };
}
