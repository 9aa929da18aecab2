import type { ReInviteRefusal } from '../../workflows/vocabulary.ts';
import type { EntityManager } from '../database.ts';

/**
 * Why a portal user (`u`) may not be re-invited now, by the policy of the portal (`p`); null where nothing is in the way.
 * The cool-down counts from the last e-mail, and from the asking for one that is on its way: a second click asks for no
 * other. The cap counts the e-mails with a new link to the user's present address within 24 hours, whatever they were sent for (a
 * re-invite, a correction, a reactivation), but for the first one to that address and those that were never sent. Links that the
 * portal user asked for have a cap of their own, {@link inviteeObstacle}: neither uses up the other.
 */
export const RE_INVITE_REFUSAL_SQL = `case
  when u.confirmation_status = 'confirmed' then 'already_confirmed'
  when u.confirmation_status = 'deactivated' then 'deactivated'
  when cooldown.ends_at > now() then 're_invite_too_soon'
  when cap.ends_at is not null then 're_invite_cap_reached'
end`;

/** Whether an e-mail (`e`) has a new link that the portal user asked for. */
const ASKED_BY_INVITEE_SQL = `exists (
  select from events asked
   where asked.portal_user_id = e.portal_user_id and asked.type = 'portal_user_re_invited'
     and asked.actor = 'portal_user' and asked.data ->> 'generation' = e.generation::text)`;

/** Whether an e-mail (`e`) is not the first one to its address. */
const FOLLOWS_ANOTHER_SQL = `exists (
  select from invitation_emails earlier
   where earlier.portal_user_id = e.portal_user_id and earlier.reminder = 0 and earlier.generation < e.generation
     and earlier.delivery <> 'suppressed' and lower(earlier.to_address) = lower(e.to_address))`;

/** New links that a portal user may ask for within 24 hours. */
const INVITEE_DAILY_CAP = 5;

/** What {@link RE_INVITE_REFUSAL_SQL} looks at, beside `portal_users u`. Only who has cooled down has their e-mails counted. */
export const RE_INVITE_POLICY_SQL = `
  join portals p on p.id = u.portal_id
  cross join lateral (
    select greatest(u.last_sent_at, case when u.delivery = 'queued' then u.queued_at end)
             + make_interval(secs => p.re_invite_cooldown_seconds) as ends_at
  ) cooldown
  left join lateral (
    select e.queued_at + interval '24 hours' as ends_at
      from invitation_emails e
      join contacts addressee on addressee.id = u.contact_id and lower(addressee.email) = lower(e.to_address)
     where u.confirmation_status = 'not_confirmed' and (cooldown.ends_at <= now() or cooldown.ends_at is null)
       and e.portal_user_id = u.id and e.generation > 1 and e.reminder = 0 and e.delivery <> 'suppressed'
       and e.queued_at > now() - interval '24 hours' and not ${ASKED_BY_INVITEE_SQL}
       and ${FOLLOWS_ANOTHER_SQL}
     order by e.queued_at desc
    offset p.re_invite_daily_cap - 1 limit 1
  ) cap on true`;

export interface ReInviteObstacle {
  refusal: ReInviteRefusal;
  /** When it will be gone by itself, in seconds; null: never. */
  retryAfterSeconds: number | null;
}

/** What stands in the way of re-inviting these portal users now, by id; who is missing may be re-invited. */
export async function reInviteObstacles(
  em: EntityManager,
  portalUserIds: string[],
): Promise<Map<string, ReInviteObstacle>> {
  if (portalUserIds.length === 0) return new Map();
  const rows = await em.execute<({ id: string } & ReInviteObstacle)[]>(
    `select u.id, ${RE_INVITE_REFUSAL_SQL} as refusal,
            ceil(extract(epoch from coalesce(cap.ends_at, cooldown.ends_at) - now()))::int as "retryAfterSeconds"
       from portal_users u ${RE_INVITE_POLICY_SQL}
      where u.id in (?) and ${RE_INVITE_REFUSAL_SQL} is not null`,
    [portalUserIds],
  );
  return new Map(
    rows.map(({ id, refusal, retryAfterSeconds }) => [
      id,
      { refusal, retryAfterSeconds: refusal.startsWith('re_invite') ? retryAfterSeconds : null },
    ]),
  );
}

/** What keeps a portal user from asking for a new link now, if anything: they asked for as many as they may within 24 hours. */
export async function inviteeObstacle(
  em: EntityManager,
  portalUserId: string,
): Promise<{ retryAfterSeconds: number } | undefined> {
  const [obstacle] = await em.execute<{ retryAfterSeconds: number }[]>(
    `select ceil(extract(epoch from e.queued_at + interval '24 hours' - now()))::int as "retryAfterSeconds"
       from invitation_emails e
      where e.portal_user_id = ? and e.reminder = 0 and e.queued_at > now() - interval '24 hours'
        and ${ASKED_BY_INVITEE_SQL}
      order by e.queued_at desc
     offset ? limit 1`,
    [portalUserId, INVITEE_DAILY_CAP - 1],
  );
  return obstacle;
}
