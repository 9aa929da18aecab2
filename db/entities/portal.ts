import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql';
import { v7 as uuid } from 'uuid';
import { LANGUAGES, type Language } from '../../vocabulary/languages.ts';

export const DEFAULT_COLOR = '#1f5eff';
/** Three days. RFC 5321, section 4.5.4.1, asks for four or five, of e-mails whose sender does not see that they wait. */
export const DEFAULT_GIVE_UP_AFTER_SECONDS = 259_200;

/** What a portal can be named in addresses. */
export const SLUG_PATTERN = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** One organisation's customer portal, with its invitation policy. */
export const Portal = defineEntity({
  name: 'Portal',
  tableName: 'portals',
  properties: {
    id: p
      .uuid()
      .primary()
      .onCreate(() => uuid()),
    slug: p.text().unique(),
    name: p.text(),
    /** False until the first portal user is added. */
    enabled: p.boolean().default(false),
    /** Colour of buttons in e-mails and pages, `#rrggbb`. */
    color: p.text().default(DEFAULT_COLOR),
    /** PNG, JPEG, GIF or WebP; null: the name stands in its place. */
    logo: p.blob().nullable().lazy(),
    /** Its media type; null where there is none. */
    logoType: p.text().nullable(),
    /** Names the picture in addresses, so that another one has another address and any cache may keep it. */
    logoVersion: p.text().nullable(),
    /** Languages that its portal users are written to in. */
    languages: p
      .json<Language[]>()
      .onCreate(() => [...LANGUAGES])
      .defaultRaw(`'${JSON.stringify(LANGUAGES)}'`),
    defaultLocale: p.text(),
    senderName: p.text().nullable(),
    replyTo: p.text().nullable(),
    linkValiditySeconds: p.integer(),
    /** Seconds after the generation's first e-mail, ascending; empty for none. */
    remindersAfterSeconds: p.json<number[]>(),
    reInviteCooldownSeconds: p.integer(),
    reInviteDailyCap: p.integer(),
    /** How long an e-mail that the mail server does not accept is retried. */
    giveUpAfterSeconds: p.integer().default(DEFAULT_GIVE_UP_AFTER_SECONDS),
    /** Where a confirmation may lead; the first is the default. Empty: to the portal's own page. */
    afterConfirmingUrls: p
      .json<string[]>()
      .onCreate(() => [])
      .defaultRaw("'[]'"),
    /** Whether its customers use a site of the organisation's own: who confirms chooses no password here, and is led there. */
    hasOwnSite: p.boolean().default(false),
    lastRequestNumber: p.integer().default(0),
    createdAt: p.datetime(3).defaultRaw('now()'),
  },
});
export type Portal = InferEntity<typeof Portal>;

/** The columns that show in every e-mail of a portal. */
export const EMAIL_COLUMNS = [
  'slug',
  'name',
  'color',
  'logoVersion',
  'languages',
  'defaultLocale',
  'senderName',
  'replyTo',
] as const satisfies (keyof Portal)[];
