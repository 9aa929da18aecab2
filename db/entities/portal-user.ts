import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql';
import { v7 as uuid } from 'uuid';
import { CONFIRMATION_STATUSES, DELIVERIES } from '../../workflows/vocabulary.ts';
import { Contact } from './contact.ts';
import { Portal } from './portal.ts';

/** Told to who listens, as `<portal id>/<portal user id>`, whenever a portal user's row was changed or deleted. */
export const PORTAL_USER_CHANGED = 'portal_user_changed';

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
    /** By Postgres's clock when the row was read; `isLinkExpired` says it of the newest link. */
    wasLinkExpired: p.boolean().formula((columns) => `${columns.linkExpiresAt} <= now()`),
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
