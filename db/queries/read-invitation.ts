import type { EntityManager } from '../database.ts';
import type { Contact, InvitationEmail, Portal, PortalUser } from '../entities/index.ts';
import { clockFrom } from './read-clock.ts';

/** One e-mail of an invitation. */
export interface EmailNumber {
  portalUserId: string;
  generation: number;
  /** 0 for the generation's first e-mail, n for its n-th reminder. */
  reminder: number;
}

/** Where an invitation stands, and all that its e-mails are made of. */
export interface Invitation {
  user: Pick<
    PortalUser,
    'id' | 'confirmationStatus' | 'generation' | 'linkSalt' | 'linkExpiresAt' | 'nextReminderAt' | 'locale' | 'note'
  >;
  contact: Pick<Contact, 'name' | 'email'>;
  portal: Pick<
    Portal,
    | 'id'
    | 'slug'
    | 'name'
    | 'color'
    | 'logoVersion'
    | 'languages'
    | 'defaultLocale'
    | 'senderName'
    | 'replyTo'
    | 'hasOwnSite'
    | 'linkValiditySeconds'
    | 'remindersAfterSeconds'
    | 'giveUpAfterSeconds'
  >;
  /** The e-mail that was asked about; null until it is queued. */
  email: QueuedEmail | null;
  /** When the first e-mail of the user's generation was answered for; null until then. */
  startedAt: Date | null;
  /** The time by Postgres's clock. */
  now(): Date;
}

export type QueuedEmail = Pick<
  InvitationEmail,
  'id' | 'generation' | 'reminder' | 'toAddress' | 'content' | 'queuedAt' | 'delivery' | 'answeredAt'
>;

/**
 * Reads an invitation and one of its e-mails at one moment. In plain SQL: every e-mail needs it, and as entities it would cost
 * ten times as much. Null where the portal user was erased.
 */
export async function readInvitation(
  em: EntityManager,
  { portalUserId, generation, reminder }: EmailNumber,
): Promise<Invitation | null> {
  const [row] = await em.execute<Row[]>(
    `select json_build_object(
              'id', u.id, 'confirmationStatus', u.confirmation_status, 'generation', u.generation,
              'linkExpiresAt', u.link_expires_at, 'nextReminderAt', u.next_reminder_at, 'locale', u.locale, 'note', u.note) as "user",
            u.link_salt as "linkSalt",
            json_build_object('name', c.name, 'email', c.email) as contact,
            json_build_object(
              'id', p.id, 'slug', p.slug, 'name', p.name, 'color', p.color, 'logoVersion', p.logo_version, 'languages', p.languages,
              'defaultLocale', p.default_locale, 'senderName', p.sender_name, 'replyTo', p.reply_to,
              'hasOwnSite', p.has_own_site, 'linkValiditySeconds', p.link_validity_seconds,
              'remindersAfterSeconds', p.reminders_after_seconds, 'giveUpAfterSeconds', p.give_up_after_seconds) as portal,
            case when e.id is not null then json_build_object(
              'id', e.id, 'generation', e.generation, 'reminder', e.reminder, 'toAddress', e.to_address,
              'content', e.content, 'queuedAt', e.queued_at, 'delivery', e.delivery,
              'answeredAt', e.answered_at) end as email,
            to_json(f.answered_at) as "startedAt", to_json(now()) as "readAt"
       from portal_users u
       join contacts c on c.id = u.contact_id
       join portals p on p.id = u.portal_id
       left join invitation_emails e on e.portal_user_id = u.id and e.generation = ? and e.reminder = ?
       left join invitation_emails f on f.portal_user_id = u.id and f.generation = u.generation and f.reminder = 0
      where u.id = ?`,
    [generation, reminder, portalUserId],
  );
  if (row === undefined) return null;
  const { user, linkSalt, contact, portal, email, startedAt, readAt } = row;
  return {
    user: { ...user, linkSalt, linkExpiresAt: dateOf(user.linkExpiresAt), nextReminderAt: dateOf(user.nextReminderAt) },
    contact,
    portal,
    email: email && { ...email, queuedAt: new Date(email.queuedAt), answeredAt: dateOf(email.answeredAt) },
    startedAt: dateOf(startedAt),
    now: clockFrom(new Date(readAt)),
  };
}

/** As `pg` hands it over: dates of JSON are text. */
interface Row extends Pick<Invitation, 'contact' | 'portal'> {
  user: Omit<Invitation['user'], 'linkSalt' | 'linkExpiresAt' | 'nextReminderAt'> & {
    linkExpiresAt: string | null;
    nextReminderAt: string | null;
  };
  linkSalt: Buffer;
  email: (Omit<QueuedEmail, 'queuedAt' | 'answeredAt'> & { queuedAt: string; answeredAt: string | null }) | null;
  startedAt: string | null;
  readAt: string;
}

function dateOf(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}
