import type { Actor } from '../../vocabulary/events.ts';
import type { LinkRefusal, ReInviteRefusal } from '../../vocabulary/portal-users.ts';
import type { EntityManager } from '../database.ts';

/**
 * Why no new link is mailed now to an address of a portal user (`u`), by the limits of the portal (`p`): a re-invite, a
 * reactivation and a correction of the address have the same limits. Null where an e-mail may be sent.
 *
 * The cool-down counts from the last e-mail to the address, and from the request for an e-mail that is on its way there. The cap
 * counts the e-mails with a new link to the address within 24 hours, whatever they were sent for, except the first one to the
 * address and those that were never sent. Links that the portal user asked for have a cap of their own,
 * {@link inviteeObstacle}: neither uses up the other. An e-mail that was being sent when its user was deactivated counts until
 * the mail server's reply says that it was not sent.
 */
const LINK_REFUSAL_SQL = `case
  when cooldown.ends_at > now() then 're_invite_too_soon'
  when cap.ends_at is not null then 're_invite_cap_reached'
end`;

/** Why a portal user may not be re-invited now; null where nothing is in the way. */
export const RE_INVITE_REFUSAL_SQL = `case
  when u.confirmation_status = 'confirmed' then 'already_confirmed'
  when u.confirmation_status = 'deactivated' then 'deactivated'
  else ${LINK_REFUSAL_SQL}
end`;

/** Why a portal user may not be reactivated now; null where nothing is in the way. Only a user who never confirmed is mailed. */
export const REACTIVATION_REFUSAL_SQL = `case
  when u.confirmation_status <> 'deactivated' then 'not_deactivated'
  when u.confirmed_at is null then ${LINK_REFUSAL_SQL}
end`;

/** Whether an e-mail (`e`) has a new link that the portal user asked for. */
const ASKED_BY_INVITEE_SQL = `exists (
  select from events asked
   where asked.portal_user_id = e.portal_user_id and asked.type = 'portal_user_re_invited'
     and asked.actor = 'portal_user' and asked.data ->> 'generation' = e.generation::text)`;

/** Whether an e-mail (`e`) is one of the user's to the address that is looked at, however it was spelled. */
const TO_ADDRESSEE_SQL = 'e.portal_user_id = u.id and coalesce(e.address_key, lower(e.to_address)) = addressee.key';

/** RFC 5321 asks a client for such patience: an e-mail without a reply by then is not being sent any more. */
const SENDING_LIMIT = `interval '30 minutes'`;

/** Whether no reply of a mail server is recorded for an e-mail (`e`): it may be being sent, also where its user was deactivated. */
const IS_WITHOUT_REPLY_SQL = 'e.answered_at is null and e.reply is null';

/** Whether an e-mail (`e`) has a new link, and was sent or may still be. */
const HAS_NEW_LINK_SQL = `(e.reminder = 0 and (
  e.delivery <> 'suppressed' or (${IS_WITHOUT_REPLY_SQL} and e.queued_at > now() - ${SENDING_LIMIT})))`;

const IS_RECENT_SQL = `e.queued_at > now() - interval '24 hours'`;

/** New links that a portal user may ask for within 24 hours. */
const INVITEE_DAILY_CAP = 5;

/**
 * What {@link LINK_REFUSAL_SQL} looks at, beside `portal_users u`. The cap is computed only for users whose cool-down is over and
 * who were mailed that often.
 *
 * @param key SQL: the key of the address that the e-mail would go to
 * @param requestedAt SQL: when an e-mail to this address was requested that is not sent yet
 */
function linkPolicySql(key: string, requestedAt: string): string {
  return `
  join portals p on p.id = u.portal_id
  cross join lateral (select ${key} as key) addressee
  cross join lateral (select make_interval(secs => p.re_invite_cooldown_seconds) as length) pause
  cross join lateral (
    select greatest(max(e.answered_at) filter (where e.delivery = 'sent'), ${requestedAt}) as last_at,
           max(e.queued_at) filter (where ${IS_WITHOUT_REPLY_SQL}) as sending_since,
           min(e.generation) filter (where ${HAS_NEW_LINK_SQL}) as first_generation,
           count(*) filter (where ${HAS_NEW_LINK_SQL} and ${IS_RECENT_SQL}) as recent_links
      from invitation_emails e
     where u.confirmed_at is null and ${TO_ADDRESSEE_SQL}
  ) mailed
  cross join lateral (
    select greatest(mailed.last_at, mailed.sending_since) as last_at,
           case when p.re_invite_cooldown_seconds > 0 then
             greatest(mailed.last_at + pause.length, mailed.sending_since + least(pause.length, ${SENDING_LIMIT}))
           end as ends_at
  ) cooldown
  left join lateral (
    select e.queued_at + interval '24 hours' as ends_at
      from invitation_emails e
     where mailed.recent_links >= p.re_invite_daily_cap and (cooldown.ends_at <= now() or cooldown.ends_at is null)
       and ${TO_ADDRESSEE_SQL} and e.generation > mailed.first_generation
       and ${HAS_NEW_LINK_SQL} and ${IS_RECENT_SQL} and not ${ASKED_BY_INVITEE_SQL}
     order by e.queued_at desc
    offset p.re_invite_daily_cap - 1 limit 1
  ) cap on true`;
}

/** The policy for an e-mail to the user's present address. */
export const LINK_POLICY_SQL = linkPolicySql(
  '(select c.email_key from contacts c where c.id = u.contact_id)',
  `case when u.delivery = 'queued' then u.queued_at end`,
);

/** The policy for an e-mail to another address, the statement's first parameter: nothing that is not sent yet will go there. */
const CORRECTION_POLICY_SQL = linkPolicySql('?::text', 'null');

const RETRY_AFTER_SQL = 'ceil(extract(epoch from coalesce(cap.ends_at, cooldown.ends_at) - now()))::int';

/** Why no new link is mailed to a portal user's address now. */
export interface LinkObstacle {
  refusal: LinkRefusal;
  retryAfterSeconds: number;
}

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
    `select u.id, ${RE_INVITE_REFUSAL_SQL} as refusal, ${RETRY_AFTER_SQL} as "retryAfterSeconds"
       from portal_users u ${LINK_POLICY_SQL}
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

/**
 * What keeps a portal user from being mailed a new link now, whatever their confirmation status; undefined where nothing does.
 * The caller holds the lock on the row, so that no other e-mail is requested meanwhile.
 *
 * @param newKey the key of the address that the e-mail would go to instead of the user's present one
 */
export async function linkObstacle(
  em: EntityManager,
  portalUserId: string,
  newKey?: string,
): Promise<LinkObstacle | undefined> {
  const [policy, keys] = newKey === undefined ? [LINK_POLICY_SQL, []] : [CORRECTION_POLICY_SQL, [newKey]];
  const [obstacle] = await em.execute<LinkObstacle[]>(
    `select ${LINK_REFUSAL_SQL} as refusal, ${RETRY_AFTER_SQL} as "retryAfterSeconds"
       from portal_users u ${policy}
      where u.id = ? and ${LINK_REFUSAL_SQL} is not null`,
    [...keys, portalUserId],
  );
  return obstacle;
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

/**
 * The actor whose correction of the address or reactivation began a link, null for a link that a signal asked for. These two
 * change the row before any workflow knows of the new link, and their events have its `generation`.
 *
 * @param portalUserId and `generation`: SQL expressions
 */
export function linkBegunBySql(portalUserId: string, generation: string): string {
  return `(
    select begun.actor from events begun
     where begun.portal_user_id = ${portalUserId} and begun.data ->> 'generation' = (${generation})::text
       and begun.type in ('portal_user_changed', 'portal_user_reactivated')
     limit 1)`;
}

/** See {@link linkBegunBySql}. The caller holds the lock on the user's row. */
export async function linkBegunBy(em: EntityManager, portalUserId: string, generation: number): Promise<Actor | null> {
  const [link] = await em.execute<{ actor: Actor | null }[]>(`select ${linkBegunBySql('?', '?::int')} as actor`, [
    portalUserId,
    generation,
  ]);
  return link!.actor;
}
