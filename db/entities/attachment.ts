import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql';
import { v7 as uuid } from 'uuid';
import { PortalRequest, Reply } from './request.ts';

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
    request: () => p.manyToOne(PortalRequest).ref().deleteRule('cascade').index(),
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

/**
 * A part of the bytes of an attachment, where attachments are kept in Postgres: in parts, so that no statement takes long.
 * Written before the attachment's row, which takes locks: the reference is looked at when the transaction ends.
 */
export const AttachmentContent = defineEntity({
  name: 'AttachmentContent',
  tableName: 'attachment_contents',
  properties: {
    attachment: () => p.manyToOne(Attachment).ref().primary().deleteRule('cascade').deferMode('deferred'),
    /** Counts from 0. */
    part: p.integer().primary(),
    content: p.blob(),
  },
});
export type AttachmentContent = InferEntity<typeof AttachmentContent>;

/**
 * An object outside of Postgres that no attachment owns: not yet, since the transaction that will is not committed, or no more,
 * since the attachment's row was deleted. The housekeeping erases it, and this row after it.
 */
export const UnownedObject = defineEntity({
  name: 'UnownedObject',
  tableName: 'unowned_objects',
  properties: {
    /** The id of the attachment. */
    id: p.uuid().primary(),
    since: p.datetime(3),
    /** From now on no attachment can own it any more. */
    isBeingErased: p.boolean().default(false),
  },
  indexes: [{ name: 'unowned_objects_since_index', properties: ['isBeingErased', 'since'] }],
});
export type UnownedObject = InferEntity<typeof UnownedObject>;
