import { v7 as uuid } from 'uuid';
import type { Actor } from '../../workflows/vocabulary.ts';
import type { EntityManager } from '../database.ts';
import { emailKey } from '../email-address.ts';
import type { InvitationEmailContent } from '../invitation-email-content.ts';
import { linkBegunBySql } from '../queries/link-begun-by.ts';
import type { EmailNumber, QueuedEmail } from '../queries/read-invitation.ts';

export interface EmailToQueue extends EmailNumber {
  toAddress: string;
  content: InvitationEmailContent;
  /** By Postgres's clock. */
  queuedAt: Date;
  /** Who signalled for this generation; absent where no signal did. */
  requestedBy?: Actor | undefined;
}

/**
 * Puts an e-mail's row down, with all it says, for who is Not Confirmed and has no newer link. The first e-mail of every link
 * after the first one is told in the timeline, once: by whose correction or reactivation began the link, or who signalled for
 * it, or else `temporal` (the housekeeping). All of it or nothing; safe to repeat: changes nothing then, nor where another was first.
 *
 * @returns the e-mail, or undefined where it was not this call that queued it
 */
export async function queueInvitationEmail(
  em: EntityManager,
  { portalUserId, generation, reminder, toAddress, content, queuedAt, requestedBy }: EmailToQueue,
): Promise<QueuedEmail | undefined> {
  const id = uuid();
  const isNewLink = reminder === 0 && generation > 1;
  const queued = await em.execute<unknown[]>(
    `with due as (
       select id, portal_id from portal_users
        where id = ? and generation = ? and confirmation_status = 'not_confirmed'
          for no key update
     ), email as (
       insert into invitation_emails (id, portal_user_id, generation, reminder, to_address, address_key, content, delivery, queued_at)
       select ?, due.id, ?, ?, ?, ?, ?::json, 'queued', ? from due
           on conflict (portal_user_id, generation, reminder) do nothing
       returning portal_user_id
     ), standing as (
       update portal_users set delivery = 'queued' from email where id = email.portal_user_id and delivery <> 'queued'
     ), told as (
       insert into events (portal_id, portal_user_id, type, actor, data, occurred_at)
       select due.portal_id, due.id, 'portal_user_re_invited',
              coalesce(${linkBegunBySql('due.id', 'link.generation')}, link.requested_by),
              json_build_object('generation', link.generation), ?
         from due, email, (values (?::int, ?::text, ?::boolean)) link (generation, requested_by, is_new)
        where link.is_new
     )
     select from email`,
    [
      ...[portalUserId, generation],
      ...[id, generation, reminder, toAddress, emailKey(toAddress) ?? null, JSON.stringify(content), queuedAt],
      ...[queuedAt, generation, requestedBy ?? 'temporal', isNewLink],
    ],
  );
  if (queued.length === 0) return undefined;
  return { id, generation, reminder, toAddress, content, queuedAt, delivery: 'queued', answeredAt: null };
}
