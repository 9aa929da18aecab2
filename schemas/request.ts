import { z } from 'zod';
import { REQUEST_STATUSES } from '../vocabulary/statuses.ts';
import { pageOf, pageQuery } from './contact.ts';
import { Id, Timestamp, title, writtenParagraphs } from './text.ts';

export const MAX_SUBJECT_LENGTH = 200;
export const MAX_TEXT_LENGTH = 20_000;

export const NewRequest = z
  .strictObject({ subject: title(MAX_SUBJECT_LENGTH), description: writtenParagraphs(MAX_TEXT_LENGTH) })
  .meta({ id: 'NewRequest' });
export type NewRequest = z.output<typeof NewRequest>;

export const NewReply = z.strictObject({ text: writtenParagraphs(MAX_TEXT_LENGTH) }).meta({ id: 'NewReply' });
export type NewReply = z.output<typeof NewReply>;

export const RequestChange = z.strictObject({ status: z.enum(REQUEST_STATUSES) }).meta({ id: 'RequestChange' });
export type RequestChange = z.output<typeof RequestChange>;

/** As the help desk's own programs add one, for somebody who asked elsewhere. */
export const NewRequestFor = NewRequest.extend({
  portalUserId: Id.meta({ description: 'Who asks: a confirmed portal user, who will see it.' }),
}).meta({ id: 'NewRequestFor' });

export const HelpDeskReply = NewReply.extend({
  status: z.enum(REQUEST_STATUSES).optional().meta({ description: 'What the reply sets the request to.' }),
}).meta({ id: 'HelpDeskReply' });

export const RequestsQuery = z.strictObject({
  status: z.enum(REQUEST_STATUSES).optional(),
  portalUser: Id.optional().meta({ description: 'Id of the portal user whose they are.' }),
  ...pageQuery,
});

const AttachmentAnswer = z
  .object({
    id: Id,
    fileName: z.string(),
    mediaType: z.string().meta({ description: 'As the content shows.', example: 'image/png' }),
    size: z.int().meta({ description: 'Bytes.' }),
    createdAt: Timestamp,
  })
  .meta({ id: 'Attachment' });
export type AttachmentAnswer = z.output<typeof AttachmentAnswer>;

export const ReplyAnswer = z
  .object({
    id: Id,
    author: z.string().meta({ description: 'Who wrote it.', example: 'portal_user' }),
    text: z.string(),
    attachments: z.array(AttachmentAnswer),
    createdAt: Timestamp,
  })
  .meta({ id: 'Reply' });
export type ReplyAnswer = z.output<typeof ReplyAnswer>;

export const RequestAnswer = z
  .object({
    id: Id,
    portal: z.string().meta({ description: "The portal's slug." }),
    portalUserId: Id,
    number: z.int().meta({ description: "What people call it by; counts the portal's requests from 1." }),
    subject: z.string(),
    description: z.string(),
    status: z.enum(REQUEST_STATUSES),
    createdAt: Timestamp,
    lastActivityAt: Timestamp.meta({ description: 'Of the newest reply or change of status.' }),
  })
  .meta({ id: 'Request' });
export type RequestAnswer = z.output<typeof RequestAnswer>;
export const RequestPage = pageOf(RequestAnswer);

export const WholeRequestAnswer = RequestAnswer.extend({
  attachments: z.array(AttachmentAnswer).meta({ description: 'Files that came with the request itself.' }),
  replies: z.array(ReplyAnswer).meta({ description: 'Oldest first.' }),
}).meta({ id: 'WholeRequest' });
export type WholeRequestAnswer = z.output<typeof WholeRequestAnswer>;
