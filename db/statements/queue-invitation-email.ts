import { v7 as uuid } from 'uuid';
import { emailKey } from '../../vocabulary/email-address.ts';
import type { InvitationEmailContent, RenderedEmail } from '../../vocabulary/email-content.ts';
import type { Actor } from '../../vocabulary/events.ts';
import type { EntityManager } from '../database.ts';
import { eventDataSql } from '../events.ts';
import { linkBegunBySql } from '../queries/link-limits.ts';
import type { EmailNumber, QueuedEmail } from '../queries/read-invitation.ts';

export interface EmailToQueue extends EmailNumber {
  toAddress: string;
  content: InvitationEmailContent;
  rendered: RenderedEmail;
  /** By Postgres's clock. */
  queuedAt: Date;
  /** Who signalled for this generation; absent where no signal did. */
  requestedBy?: Actor | undefined;
}

/**
 * Inserts an e-mail's row, with its words, for a user who is Not Confirmed and has no newer link. The first e-mail of every link
 * after the first one adds an event to the timeline, once. Its actor corrected the address or reactivated the user, which began the
 * link; or signalled for the link; or else is `temporal` (the housekeeping). One transaction. @idempotent
 *
 * @returns the e-mail, or undefined where it was not this call that queued it
 */
export async function queueInvitationEmail(
  em: EntityManager,
  { portalUserId, generation, reminder, toAddress, content, rendered, queuedAt, requestedBy }: EmailToQueue,
): Promise<QueuedEmail | undefined> {
  const id = uuid();
  const isNewLink = reminder === 0 && generation > 1;
  const queued = await em.execute<unknown[]>(
    `with due as (
       select id, portal_id from portal_users
        where id = ? and generation = ? and confirmation_status = 'not_confirmed'
          for no key update
     ), email as (
       insert into invitation_emails (id, portal_user_id, generation, reminder, to_address, address_key, content, rendered, delivery, queued_at)
       select ?, due.id, ?, ?, ?, ?, ?::json, ?::json, 'queued', ? from due
           on conflict (portal_user_id, generation, reminder) do nothing
       returning portal_user_id
     ), portal_user as (
       update portal_users set delivery = 'queued' from email where id = email.portal_user_id and delivery <> 'queued'
     ), event as (
       insert into events (portal_id, portal_user_id, type, actor, data, occurred_at)
       select due.portal_id, due.id, 'portal_user_re_invited',
              coalesce(${linkBegunBySql('due.id', 'link.generation')}, link.requested_by),
              ${eventDataSql('portal_user_re_invited', { generation: 'link.generation' })}, ?
         from due, email, (values (?::int, ?::text, ?::boolean)) link (generation, requested_by, is_new)
        where link.is_new
     )
     select from email`,
    [
      ...[portalUserId, generation],
      ...[id, generation, reminder, toAddress, emailKey(toAddress) ?? null],
      ...[JSON.stringify(content), JSON.stringify(rendered), queuedAt],
      ...[queuedAt, generation, requestedBy ?? 'temporal', isNewLink],
    ],
  );
  if (queued.length === 0) return undefined;
  return { id, generation, reminder, toAddress, content, rendered, queuedAt, delivery: 'queued', answeredAt: null };
}

/**
 * Marks a portal user's invitation e-mails without a final reply as not sent any more: the user was deactivated, or has a newer link.
 * An e-mail that is being sent at this moment is marked with the mail server's reply later all the same. @idempotent
 *
 * @param before only those of earlier generations; absent: all
 */
export async function suppressUnsentEmails(
  em: EntityManager,
  portalUserId: string,
  before: number | null = null,
): Promise<void> {
  await em.execute(
    `update invitation_emails set delivery = 'suppressed'
      where portal_user_id = ? and answered_at is null and delivery <> 'suppressed'
        and (?::int is null or generation < ?)`,
    [portalUserId, before, before],
  );
}
