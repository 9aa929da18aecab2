import { activityInfo } from '@temporalio/activity';
import type { SendMailOptions } from 'nodemailer';
import type { EntityManager } from '../../db/database.ts';
import { type Invitation, type QueuedEmail, readInvitation } from '../../db/queries/read-invitation.ts';
import { supersedeLink } from '../../db/statements/change-confirmation-status.ts';
import { queueInvitationEmail, suppressUnsentEmails } from '../../db/statements/queue-invitation-email.ts';
import { setNextReminder } from '../../db/statements/record-delivery.ts';
import { invitationContent, invitationWords, prerenderInvitation } from '../../email/invitation.ts';
import { confirmationToken } from '../../links/confirmation-token.ts';
import { SEND_MAX_INTERVAL_SECONDS } from '../../vocabulary/workflows.ts';
import type { InvitationEmailOrder, InvitationEmailResult } from '../contracts.ts';
import type { Dependencies } from '../dependencies.ts';
import { deliverMessage } from '../mail-server/deliver-message.ts';
import { messageHeaders } from '../mail-server/message-headers.ts';
import { recordLostReInvite } from './record-ignored-signal.ts';
import {
  type DeliveryResult,
  type EmailToSend,
  RETRIES_ENDED,
  recordDeferred,
  recordFinalDelivery,
} from './record-invitation-delivery.ts';
import { changedReminder, type Deadlines, deadlines, invitationEmailResult } from './reminder-and-expiry-times.ts';
import { portalUserErased, withPortalUser } from './with-portal-user.ts';

/**
 * Sends one invitation e-mail and records the mail server's reply. A first e-mail of a new generation kills every earlier link. An
 * e-mail that the mail server has deferred for as long as the portal retries it counts as bounced.
 *
 * Safe to repeat: the e-mail's row fixes words, Message-ID, Date and link before anything is sent, so that a crash between the
 * mail server's 250 and our record yields at worst an identical copy; once recorded, repeating sends nothing.
 *
 * @throws ApplicationFailure `EmailDeferred` (retryable) on SMTP 4xx or an unknown outcome
 * @throws ApplicationFailure `PortalUserErased` (not retryable)
 */
export async function sendInvitationEmail(
  dependencies: Dependencies,
  order: InvitationEmailOrder,
): Promise<InvitationEmailResult> {
  const { database, mailer } = dependencies;
  const prepared = await prepareInvitationEmail(dependencies, order);
  if ('result' in prepared) return prepared.result;

  const record = async (delivery: DeliveryResult) =>
    (await recordFinalDelivery(database, prepared, delivery)) ?? readRecordedResult(database.em.fork(), order);
  return deliverMessage(mailer, invitationMessage(dependencies, prepared), prepared.portal.id, {
    accepted: () => record({ delivery: 'sent', reply: null }),
    refused: (reply) => record({ delivery: 'bounced', reply }),
    deferred: async (reply) => {
      if (isRetriedNoMore(prepared)) return record({ delivery: 'bounced', reply, reason: RETRIES_ENDED });
      await recordDeferred(database, prepared.email.id, { reply, retryAt: nextRetryAt(prepared) });
      return undefined;
    },
  });
}

/** The e-mail's row, inserted with its words where it is not there yet; a result instead where there is nothing to send. @idempotent */
async function prepareInvitationEmail(
  dependencies: Pick<Dependencies, 'database' | 'publicUrl'>,
  order: InvitationEmailOrder,
): Promise<EmailToSend | { result: InvitationEmailResult }> {
  const { database, publicUrl } = dependencies;
  const em = database.em.fork();
  let invitation = await readExisting(em, order);
  let step = nextStep(invitation, order);
  if (step.kind === 'begin_link') {
    await beginLink(dependencies, order);
    invitation = await readExisting(em, order);
    step = nextStep(invitation, order);
  }
  if (step.kind === 'queue') {
    const queued = await queueEmail(em, order, invitation, publicUrl);
    if (queued !== undefined) return { ...invitation, email: queued };
    // A decision, a newer link or another attempt was first.
    invitation = await readExisting(em, order);
    step = nextStep(invitation, order);
  }
  switch (step.kind) {
    case 'send':
      return { ...invitation, email: step.email };
    case 'postpone':
      await setNextReminder(em, order, step.deadlines.nextReminderAt);
      return { result: invitationEmailResult('not_due', step.deadlines) };
    case 'return':
      if (step.result.delivery === 'not_applicable' && invitation.email === null) {
        await recordLostReInvite(database, order);
      }
      return { result: step.result };
    default:
      throw new Error(`The invitation of portal user ${order.portalUserId} changes while its e-mail is queued`);
  }
}

/** What is to be done with an order. */
type NextStep =
  | { kind: 'return'; result: InvitationEmailResult }
  /** The row has an older link than the order. */
  | { kind: 'begin_link' }
  | { kind: 'queue' }
  | { kind: 'send'; email: QueuedEmail }
  /** The portal's reminders were changed since this one was planned. */
  | { kind: 'postpone'; deadlines: Deadlines };

/** What is to be done with an order, by what is recorded of its invitation. Pure. */
function nextStep(invitation: Invitation, { generation, reminder }: InvitationEmailOrder): NextStep {
  const { user, email, startedAt, now } = invitation;
  const { confirmationStatus } = user;
  if (confirmationStatus !== 'not_confirmed' || generation < user.generation) {
    return { kind: 'return', result: { delivery: 'not_applicable', confirmationStatus } };
  }
  if (reminder > 0 && (generation > user.generation || startedAt === null)) {
    // Postgres was restored from a backup: it lacks the e-mail that this is the reminder of.
    const olderRecord = { generation: user.generation };
    return { kind: 'return', result: { delivery: 'not_applicable', confirmationStatus, olderRecord } };
  }
  if (generation > user.generation) return { kind: 'begin_link' };
  if (email?.delivery === 'sent' || email?.delivery === 'bounced') {
    const { delivery, answeredAt } = email;
    const next = deadlines(invitation, { startedAt: startedAt!, answeredAt: answeredAt!, reminder, delivery });
    return { kind: 'return', result: invitationEmailResult(delivery, next) };
  }
  if (reminder > 0 && user.linkExpiresAt && user.linkExpiresAt <= now()) {
    const linkExpiresAt = user.linkExpiresAt.toISOString();
    return { kind: 'return', result: { delivery: 'out_of_time', linkExpiresAt, nextReminderAt: null } };
  }
  if (email !== null) return { kind: 'send', email };
  const changed = reminder > 0 ? changedReminder(invitation, reminder) : undefined;
  return changed === undefined ? { kind: 'queue' } : { kind: 'postpone', deadlines: changed };
}

/** @throws ApplicationFailure `PortalUserErased` (not retryable) */
async function readExisting(em: EntityManager, order: InvitationEmailOrder): Promise<Invitation> {
  const invitation = await readInvitation(em, order);
  if (invitation === null) throw portalUserErased(order.portalUserId);
  return invitation;
}

/** Rare enough for entities: every command that begins a generation has the same rule. */
async function beginLink(
  { database }: Pick<Dependencies, 'database'>,
  { portalUserId, generation }: InvitationEmailOrder,
): Promise<void> {
  await withPortalUser(database, portalUserId, async (_em, user) => {
    if (user.confirmationStatus === 'not_confirmed' && user.generation < generation) supersedeLink(user, generation);
  });
}

async function queueEmail(
  em: EntityManager,
  order: InvitationEmailOrder,
  { user, contact, portal, now }: Invitation,
  publicUrl: string,
): Promise<QueuedEmail | undefined> {
  if (order.generation > 1 && order.reminder === 0) await suppressUnsentEmails(em, user.id, order.generation);
  const content = invitationContent(publicUrl, portal, {
    kind: order.reminder === 0 ? 'invitation' : 'reminder',
    name: contact.name,
    locale: user.locale,
    note: user.note,
    expiresAt: user.linkExpiresAt,
  });
  const rendered = prerenderInvitation(content, publicUrl);
  return queueInvitationEmail(em, { ...order, toAddress: contact.email, content, rendered, queuedAt: now() });
}

/** A first e-mail is retried for as long as the portal says; a reminder as long as its link is good. */
function isRetriedNoMore({ email, user, portal, now }: EmailToSend): boolean {
  const end = email.reminder === 0 ? email.queuedAt.getTime() + portal.giveUpAfterSeconds * 1_000 : user.linkExpiresAt;
  return end !== null && Number(end) <= now().getTime();
}

/** Temporal's retry, and what a busy worker takes to begin it. */
const RETRY_SLACK_SECONDS = 30;

/** When Temporal has retried this attempt by: the retry policy is that of `workflows/activity-policies.ts`. */
function nextRetryAt({ now }: EmailToSend): Date {
  const delaySeconds = Math.min(2 ** (activityInfo().attempt - 1), SEND_MAX_INTERVAL_SECONDS);
  return new Date(now().getTime() + (delaySeconds + RETRY_SLACK_SECONDS) * 1_000);
}

/** The result that another attempt has recorded. @throws ApplicationFailure `PortalUserErased` (not retryable) */
async function readRecordedResult(em: EntityManager, order: InvitationEmailOrder): Promise<InvitationEmailResult> {
  const step = nextStep(await readExisting(em, order), order);
  if (step.kind === 'return') return step.result;
  throw new Error(`The e-mail to portal user ${order.portalUserId} has a final reply, and is still to be sent`);
}

/** What the message of an invitation e-mail is made of: its row, and the salt of its link in the portal user's row. */
export interface InvitationMessageRows {
  email: Pick<QueuedEmail, 'id' | 'generation' | 'toAddress' | 'content' | 'rendered' | 'queuedAt'>;
  user: Pick<Invitation['user'], 'id' | 'linkSalt'>;
}

/** The message of one invitation e-mail. The same rows give the same bytes, whatever was changed since and whichever release sends it. */
export function invitationMessage(
  { linkKeys, publicUrl, mailFrom }: Pick<Dependencies, 'linkKeys' | 'publicUrl' | 'mailFrom'>,
  { email, user }: InvitationMessageRows,
): SendMailOptions {
  const token = confirmationToken(linkKeys, {
    portalUserId: user.id,
    generation: email.generation,
    salt: user.linkSalt,
  });
  return { ...invitationWords(email, publicUrl, token), ...messageHeaders(mailFrom, email) };
}
