import { type Invitation, type QueuedEmail, readInvitation } from '../db/queries/read-invitation.ts';
import { queueInvitationEmail } from '../db/statements/queue-invitation-email.ts';
import { setNextReminder } from '../db/statements/set-next-reminder.ts';
import { suppressUnsentEmails } from '../db/statements/suppress-unsent-emails.ts';
import { supersedeLink } from '../db/supersede-link.ts';
import { changedReminder, deadlines, invitationEmailResult } from './deadlines.ts';
import type { Dependencies } from './dependencies.ts';
import { invitationContent } from './email/invitation-content.ts';
import { portalUserErased } from './portal-user-erased.ts';
import { recordLostReInvite } from './record-lost-re-invite.ts';
import type { InvitationEmailOrder, InvitationEmailResult } from './send-invitation-email.ts';
import { withPortalUser } from './with-portal-user.ts';

/** An e-mail that is to be sent, and the invitation as it stood when that was decided. */
export interface PreparedEmail extends Invitation {
  email: QueuedEmail;
}

/**
 * Puts the e-mail's row down, with all it says, before anything is sent; a first e-mail of a new generation kills every earlier link.
 * Answers with a result instead where there is nothing (more) to send. Safe to repeat: finds the row it wrote.
 *
 * @throws ApplicationFailure `PortalUserErased` (not retryable)
 */
export async function prepareInvitationEmail(
  dependencies: Pick<Dependencies, 'database' | 'publicUrl'>,
  order: InvitationEmailOrder,
): Promise<PreparedEmail | { result: InvitationEmailResult }> {
  const em = dependencies.database.em.fork();
  const invitation = await readInvitation(em, order);
  if (invitation === null) throw portalUserErased(order.portalUserId);

  const { user, contact, email } = invitation;
  if (user.confirmationStatus !== 'not_confirmed' || order.generation < user.generation) {
    if (email === null) await recordLostReInvite(dependencies.database, order);
    return { result: { delivery: 'not_applicable', confirmationStatus: user.confirmationStatus } };
  }
  if (order.reminder > 0 && (order.generation > user.generation || invitation.startedAt === null)) {
    // Postgres was restored from a backup: it lacks the e-mail that this is the reminder of.
    const olderRecord = { generation: user.generation };
    return { result: { delivery: 'not_applicable', confirmationStatus: 'not_confirmed', olderRecord } };
  }
  if (order.generation > user.generation) {
    await supersede(dependencies, order);
    return prepareInvitationEmail(dependencies, order);
  }
  if (email !== null && (email.delivery === 'sent' || email.delivery === 'bounced')) {
    const { delivery, reminder } = email;
    const [startedAt, answeredAt] = [invitation.startedAt!, email.answeredAt!];
    const next = deadlines(invitation, { startedAt, answeredAt, reminder, delivery });
    return { result: invitationEmailResult(delivery, next) };
  }
  if (order.reminder > 0 && user.linkExpiresAt && user.linkExpiresAt <= invitation.now()) {
    const linkExpiresAt = user.linkExpiresAt.toISOString();
    return { result: { delivery: 'out_of_time', linkExpiresAt, nextReminderAt: null } };
  }
  if (email !== null) return { ...invitation, email };
  const changed = order.reminder > 0 ? changedReminder(invitation, order.reminder) : undefined;
  if (changed !== undefined) {
    await setNextReminder(em, order, changed.nextReminderAt);
    return { result: invitationEmailResult('not_due', changed) };
  }

  if (order.generation > 1 && order.reminder === 0) await suppressUnsentEmails(em, user.id, order.generation);
  const content = contentOf(invitation, dependencies.publicUrl, order.reminder);
  const queued = await queueInvitationEmail(em, {
    ...order,
    toAddress: contact.email,
    content,
    queuedAt: invitation.now(),
  });
  // Where somebody else was first (a confirmation, another attempt): see what is there now.
  return queued ? { ...invitation, email: queued } : prepareInvitationEmail(dependencies, order);
}

/** Rare enough for entities: one rule serves whoever begins a generation. */
async function supersede(
  { database }: Pick<Dependencies, 'database'>,
  { portalUserId, generation }: InvitationEmailOrder,
): Promise<void> {
  await withPortalUser(database, portalUserId, async (_em, user) => {
    if (user.confirmationStatus === 'not_confirmed' && user.generation < generation) supersedeLink(user, generation);
  });
}

function contentOf({ user, contact, portal }: Invitation, publicUrl: string, reminder: number) {
  return invitationContent(publicUrl, portal, {
    kind: reminder === 0 ? 'invitation' : 'reminder',
    name: contact.name,
    locale: user.locale,
    note: user.note,
    expiresAt: user.linkExpiresAt,
  });
}
