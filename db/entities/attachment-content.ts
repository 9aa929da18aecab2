import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql';
import { Attachment } from './attachment.ts';

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
