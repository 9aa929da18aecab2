import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql';
import { v7 as uuid } from 'uuid';
import { Reply } from './reply.ts';
import { Request } from './request.ts';

/** Where the content of attachments can be. */
const ATTACHMENT_PLACES = ['postgres', 's3'] as const;

/** A file that came with a request or with one of its replies. Its content is in the attachment store, under its id. */
export const Attachment = defineEntity({
  name: 'Attachment',
  tableName: 'attachments',
  properties: {
    id: p
      .uuid()
      .primary()
      .onCreate(() => uuid()),
    request: () => p.manyToOne(Request).ref().deleteRule('cascade').index(),
    /** Null: it came with the request itself. */
    reply: () => p.manyToOne(Reply).ref().nullable().deleteRule('cascade'),
    fileName: p.text(),
    /** As its content shows, not as its sender said. */
    mediaType: p.text(),
    /** Bytes. */
    size: p.integer(),
    /** Where its content is, whatever is chosen for new ones by now. */
    keptIn: p.enum(ATTACHMENT_PLACES).default('postgres'),
    createdAt: p.datetime(3).defaultRaw('now()'),
  },
  triggers: [
    {
      name: 'attachments_disowned',
      timing: 'after',
      events: ['delete'],
      body: `if old."kept_in" = 's3' then insert into "unowned_objects" ("id", "since", "is_being_erased") values (old."id", now(), true) on conflict do nothing; end if; return null;`,
    },
  ],
});
export type Attachment = InferEntity<typeof Attachment>;
