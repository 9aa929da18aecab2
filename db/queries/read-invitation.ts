import { UnderscoreNamingStrategy } from '@mikro-orm/postgresql';
import type { EntityManager } from '../database.ts';
import { clockFrom } from '../database.ts';
import type { Contact, InvitationEmail, Portal, PortalUser } from '../entities/index.ts';
import { EMAIL_COLUMNS } from '../entities/portal.ts';

/*
 * What is read of each row: the one list that the types, the SQL and the reading of its JSON derive from. A date is named as
 * one, since JSON has none; the compiler refuses a date that is named as a value.
 */
const USER = {
  id: 'value',
  confirmationStatus: 'value',
  generation: 'value',
  linkSalt: 'bytes',
  linkExpiresAt: 'date',
  nextReminderAt: 'date',
  locale: 'value',
  note: 'value',
} as const satisfies FieldsOf<PortalUser>;
const CONTACT = { name: 'value', email: 'value' } as const satisfies FieldsOf<Contact>;
const PORTAL = {
  ...(Object.fromEntries(EMAIL_COLUMNS.map((name) => [name, 'value'])) as Record<
    (typeof EMAIL_COLUMNS)[number],
    'value'
  >),
  id: 'value',
  hasOwnSite: 'value',
  linkValiditySeconds: 'value',
  remindersAfterSeconds: 'value',
  giveUpAfterSeconds: 'value',
} as const satisfies FieldsOf<Portal>;
const EMAIL = {
  id: 'value',
  generation: 'value',
  reminder: 'value',
  toAddress: 'value',
  content: 'value',
  rendered: 'value',
  queuedAt: 'date',
  delivery: 'value',
  answeredAt: 'date',
} as const satisfies FieldsOf<InvitationEmail>;

/** One e-mail of an invitation. */
export interface EmailNumber {
  portalUserId: string;
  generation: number;
  /** 0 for the generation's first e-mail, n for its n-th reminder. */
  reminder: number;
}

export type QueuedEmail = Pick<InvitationEmail, keyof typeof EMAIL>;

/** An invitation and one of its e-mails, with all that the e-mail is made of. */
export interface Invitation {
  user: Pick<PortalUser, keyof typeof USER>;
  contact: Pick<Contact, keyof typeof CONTACT>;
  portal: Pick<Portal, keyof typeof PORTAL>;
  /** The e-mail that was asked about; null until it is queued. */
  email: QueuedEmail | null;
  /** When the mail server accepted or refused the first e-mail of the user's generation; null until then. */
  startedAt: Date | null;
  /** The time by Postgres's clock. */
  now(): Date;
}

/**
 * Reads an invitation and one of its e-mails at one moment. In plain SQL: every e-mail needs it, and as entities it would cost
 * ten times as much. Null where the portal user was erased.
 */
export async function readInvitation(
  em: EntityManager,
  { portalUserId, generation, reminder }: EmailNumber,
): Promise<Invitation | null> {
  const [row] = await em.execute<Row[]>(SELECT, [generation, reminder, portalUserId]);
  if (row === undefined) return null;
  return {
    user: fromJson<PortalUser, typeof USER>(row.user, USER),
    contact: fromJson<Contact, typeof CONTACT>(row.contact, CONTACT),
    portal: fromJson<Portal, typeof PORTAL>(row.portal, PORTAL),
    email: row.email && fromJson<InvitationEmail, typeof EMAIL>(row.email, EMAIL),
    startedAt: row.startedAt === null ? null : new Date(row.startedAt),
    now: clockFrom(new Date(row.readAt)),
  };
}

const SELECT = `select ${toJson('u', USER)} as "user", ${toJson('c', CONTACT)} as contact, ${toJson('p', PORTAL)} as portal,
            case when e.id is not null then ${toJson('e', EMAIL)} end as email,
            to_json(f.answered_at) as "startedAt", to_json(now()) as "readAt"
       from portal_users u
       join contacts c on c.id = u.contact_id
       join portals p on p.id = u.portal_id
       left join invitation_emails e on e.portal_user_id = u.id and e.generation = ? and e.reminder = ?
       left join invitation_emails f on f.portal_user_id = u.id and f.generation = u.generation and f.reminder = 0
      where u.id = ?`;

/** As `pg` returns it. */
interface Row {
  user: JsonRow;
  contact: JsonRow;
  portal: JsonRow;
  email: JsonRow | null;
  startedAt: string | null;
  readAt: string;
}

type FieldKind = 'value' | 'date' | 'bytes';
type Fields = Record<string, FieldKind>;
type FieldsOf<Entity> = { [Name in keyof Entity]?: KindOf<NonNullable<Entity[Name]>> };
type KindOf<Value> = Value extends Date ? 'date' : Value extends Uint8Array ? 'bytes' : 'value';
type JsonRow = Record<string, unknown>;

function toJson(table: string, fields: Fields): string {
  const naming = new UnderscoreNamingStrategy();
  const pairs = Object.entries(fields).map(([name, kind]) => {
    const column = `${table}.${naming.propertyToColumnName(name)}`;
    return `'${name}', ${kind === 'bytes' ? `encode(${column}, 'hex')` : column}`;
  });
  return `json_build_object(${pairs.join(', ')})`;
}

function fromJson<Entity, F extends FieldsOf<Entity> & Fields>(
  json: JsonRow,
  fields: F,
): Pick<Entity, keyof F & keyof Entity> {
  const entries = Object.entries<FieldKind>(fields).map(([name, kind]) => [name, READ[kind](json[name])]);
  return Object.fromEntries(entries);
}

const READ: Record<FieldKind, (value: unknown) => unknown> = {
  value: (value) => value,
  date: (value) => (value === null ? null : new Date(value as string)),
  bytes: (value) => Buffer.from(value as string, 'hex'),
};
