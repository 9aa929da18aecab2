import type { Actor, ConfirmationStatus } from '../../workflows/vocabulary.ts';
import type { EntityManager } from '../database.ts';

export interface Confirmation {
  portalUserId: string;
  /** Of the link that was used. */
  generation: number;
  actor: Actor;
  /** The same confirmation is told only once. */
  onceKey: string;
}

/**
 * Confirms who is Not Confirmed and has no newer link, with the password that was chosen with it, which opens the portal from
 * the commit on. All of it or nothing. Safe to repeat: changes nothing then, even if the user was reactivated in between.
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
     ), told as (
       insert into events (portal_id, portal_user_id, type, actor, data, once_key, occurred_at)
       select portal_id, id, 'portal_user_confirmed', ?,
              case when pending_password_hash is null then jsonb_build_object('generation', generation, 'hasPassword', false)
                   else jsonb_build_object('generation', generation) end,
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
         from told
        where u.id = told.portal_user_id
       returning u.confirmation_status
     ), unsent as (
       update invitation_emails e set delivery = 'suppressed'
         from "user", told
        where "user".delivery in ('queued', 'deferred') and e.portal_user_id = "user".id and e.answered_at is null
     )
     select coalesce((select confirmation_status from confirmed), confirmation_status) as status from "user"`,
    [portalUserId, actor, onceKey, generation],
  );
  return row?.status ?? null;
}
