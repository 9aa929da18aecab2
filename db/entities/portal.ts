import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql';
import { v7 as uuid } from 'uuid';

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
    defaultLocale: p.text(),
    senderName: p.text().nullable(),
    replyTo: p.text().nullable(),
    linkValiditySeconds: p.integer(),
    /** Seconds after the generation's first e-mail, ascending; empty for none. */
    remindersAfterSeconds: p.json<number[]>(),
    reInviteCooldownSeconds: p.integer(),
    reInviteDailyCap: p.integer(),
    createdAt: p.datetime(3).onCreate(() => new Date()),
  },
});
export type Portal = InferEntity<typeof Portal>;
