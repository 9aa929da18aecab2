import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql';
import { v7 as uuid } from 'uuid';
import { LINK_EXPIRIES, type LinkExpiry } from '../../vocabulary/portal-users.ts';
import { CONFIRMATION_STATUSES, DELIVERIES } from '../../vocabulary/statuses.ts';
import { Contact } from './contact.ts';
import { Portal } from './portal.ts';

/** Told to who listens, as `<portal id>/<portal user id>`, whenever a portal user's row was changed or deleted. */
export const PORTAL_USER_CHANGED = 'portal_user_changed';

/** The SQL condition on the deadline of a Not Confirmed user's link, for each value. */
export const LINK_DEADLINES: Record<LinkExpiry, string> = { valid: '> now()', expired: '<= now()' };

/** SQL for the {@link LinkExpiry} of a row, or null. */
export function linkExpirySql(status: string, deadline: string): string {
  const cases = LINK_EXPIRIES.map((link) => `when ${deadline} ${LINK_DEADLINES[link]} then '${link}'`);
  return `case when ${status} = 'not_confirmed' then case ${cases.join(' ')} end end`;
}

/** A contact with access to one portal, and where its invitation stands. */
export const PortalUser = defineEntity({
  name: 'PortalUser',
  tableName: 'portal_users',
  properties: {
    id: p
      .uuid()
      .primary()
      .onCreate(() => uuid()),
    portal: () => p.manyToOne(Portal).ref(),
    contact: () => p.oneToOne(Contact).owner().ref().deleteRule('cascade'),
    confirmationStatus: p.enum(CONFIRMATION_STATUSES).default('not_confirmed'),
    /** BCP 47; null follows the portal. */
    locale: p.text().nullable(),
    /** Personal words of the operator who added them, in every invitation e-mail. */
    note: p.text().nullable(),
    /** Where the confirmation leads, if the portal (still) allows it; null: where the portal says. */
    afterConfirmingUrl: p.text().nullable(),
    metadata: p
      .json<Record<string, string | number | boolean | null>>()
      .columnType('json')
      .onCreate(() => ({}))
      .defaultRaw("'{}'"),
    /** Number of the newest confirmation link; links of earlier generations are dead. */
    generation: p.integer().default(1),
    /** 128 random bits that go into every link's MAC. */
    linkSalt: p.blob(),
    /** Null until the generation's first e-mail was accepted. */
    linkExpiresAt: p.datetime(3).nullable(),
    /** Of the newest link, by Postgres's clock when the row was read. Null: the user is decided, or no link was mailed. */
    linkExpiry: p
      .string()
      .$type<LinkExpiry | null>()
      .nullable()
      .formula((columns) => linkExpirySql(`${columns.confirmationStatus}`, `${columns.linkExpiresAt}`)),
    delivery: p.enum(DELIVERIES).default('queued'),
    /** When the current generation was asked for. */
    queuedAt: p.datetime(3).defaultRaw('now()'),
    emailsSent: p.integer().default(0),
    lastSentAt: p.datetime(3).nullable(),
    nextReminderAt: p.datetime(3).nullable(),
    /**
     * When the invitation's workflow has to act next; counts only while Not Confirmed. Null: nothing is due. The housekeeping
     * starts the workflow of an invitation that is overdue, should it have been lost.
     */
    dueAt: p.datetime(3).nullable().defaultRaw('now()'),
    /** Chosen on the confirm page; opens nothing until the workflow records the confirmation. */
    pendingPasswordHash: p.text().nullable().lazy(),
    passwordHash: p.text().nullable().lazy(),
    hasPassword: p.boolean().formula((columns) => `${columns.passwordHash} is not null`),
    confirmedAt: p.datetime(3).nullable(),
    /** By Postgres's clock when the row was read: within the last minute. */
    isJustConfirmed: p.boolean().formula((columns) => `${columns.confirmedAt} > now() - interval '1 minute'`),
    deactivatedAt: p.datetime(3).nullable(),
    /** How often access was taken away: links to a new password of before are dead for good. */
    deactivationCount: p.integer().default(0),
    createdAt: p.datetime(3).defaultRaw('now()'),
  },
  indexes: [
    { name: 'portal_users_created_index', properties: ['portal', 'createdAt', 'id'] },
    { name: 'portal_users_status_index', properties: ['portal', 'confirmationStatus', 'createdAt', 'id'] },
    { name: 'portal_users_delivery_index', properties: ['portal', 'delivery', 'createdAt', 'id'] },
    { name: 'portal_users_counts_index', properties: ['portal', 'confirmationStatus', 'delivery', 'linkExpiresAt'] },
    {
      name: 'portal_users_queued_index',
      expression: `create index "portal_users_queued_index" on "portal_users" ("queued_at") where "confirmation_status" = 'not_confirmed' and "delivery" = 'queued'`,
    },
    {
      name: 'portal_users_due_index',
      expression: `create index "portal_users_due_index" on "portal_users" ("due_at") where "confirmation_status" = 'not_confirmed' and "due_at" is not null`,
    },
  ],
  triggers: [
    {
      name: 'portal_users_changed',
      timing: 'after',
      events: ['insert', 'update', 'delete'],
      body: `perform pg_notify('${PORTAL_USER_CHANGED}', coalesce(new."portal_id", old."portal_id") || '/' || coalesce(new."id", old."id")); return null;`,
    },
    {
      name: 'portal_users_contact',
      timing: 'after',
      events: ['insert', 'delete'],
      body: `update "contacts" set "is_portal_user" = (tg_op = 'INSERT') where "id" = coalesce(new."contact_id", old."contact_id"); return null;`,
    },
  ],
});
export type PortalUser = InferEntity<typeof PortalUser>;
