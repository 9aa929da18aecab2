import type { Actor } from '../../vocabulary/events.ts';
import type { ConfirmationStatus } from '../../vocabulary/statuses.ts';
import type { EntityManager } from '../database.ts';
import { eventDataSql } from '../events.ts';

export interface Confirmation {
  portalUserId: string;
  /** Of the link that was used. */
  generation: number;
  actor: Actor;
  /** The confirmation adds one event, however often it is recorded. */
  onceKey: string;
}

/**
 * Confirms a user who is Not Confirmed and has no newer link, with the password that was chosen with the link, which opens the portal
 * from the commit on. One transaction. Safe to repeat, even if the user was reactivated in between.
 *
 * @returns the confirmation status that the row has afterwards; null where the portal user was erased
 */
export async function recordConfirmation(
  em: EntityManager,
  { portalUserId, generation, actor, onceKey }: Confirmation,
): Promise<ConfirmationStatus | null> {
  const [row] = await em.execute<{ status: ConfirmationStatus }[]>(
    `with "user" as (
       select id, portal_id, generation, confirmation_status, delivery, pending_password_hash from portal_users
        where id = ? for no key update
     ), event as (
       insert into events (portal_id, portal_user_id, type, actor, data, once_key, occurred_at)
       select portal_id, id, 'portal_user_confirmed', ?,
              case when pending_password_hash is null then ${eventDataSql('portal_user_confirmed', { generation: 'generation', hasPassword: 'false' })}
                   else ${eventDataSql('portal_user_confirmed', { generation: 'generation' })} end,
              ?, now()
         from "user"
        where confirmation_status = 'not_confirmed' and generation <= ?
           on conflict (portal_user_id, once_key) do nothing
       returning portal_user_id
     ), confirmed as (
       update portal_users u
          set confirmation_status = 'confirmed', confirmed_at = now(), password_hash = u.pending_password_hash,
              pending_password_hash = null, next_reminder_at = null,
              delivery = case when u.delivery in ('queued', 'deferred') then 'suppressed' else u.delivery end
         from event
        where u.id = event.portal_user_id
       returning u.confirmation_status
     ), unsent as (
       update invitation_emails e set delivery = 'suppressed'
         from "user", event
        where "user".delivery in ('queued', 'deferred') and e.portal_user_id = "user".id and e.answered_at is null
     )
     select coalesce((select confirmation_status from confirmed), confirmation_status) as status from "user"`,
    [portalUserId, actor, onceKey, generation],
  );
  return row?.status ?? null;
}
