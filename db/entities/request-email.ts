import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql';
import { v7 as uuid } from 'uuid';
import { DELIVERIES } from '../../workflows/vocabulary.ts';
import type { RequestEmailContent } from '../request-email-content.ts';
import { Request } from './request.ts';

/**
 * One e-mail that tells a portal user of a reply or a new status, put down in the transaction of what it tells. Its id and
 * `queuedAt` become Message-ID and Date, so that a retry mails an identical copy.
 */
export const RequestEmail = defineEntity({
  name: 'RequestEmail',
  tableName: 'request_emails',
  properties: {
    id: p
      .uuid()
      .primary()
      .onCreate(() => uuid()),
    request: () => p.manyToOne(Request).ref().deleteRule('cascade'),
    toAddress: p.text(),
    content: p.json<RequestEmailContent>().columnType('json'),
    delivery: p.enum(DELIVERIES).default('queued'),
    /** The mail server's last words where it did not accept. */
    reply: p.text().nullable(),
    queuedAt: p.datetime(3).defaultRaw('now()'),
    /** When the mail server accepted or refused it for good, or it was not sent any more. */
    answeredAt: p.datetime(3).nullable(),
  },
  indexes: [
    { name: 'request_emails_request_index', properties: ['request', 'queuedAt', 'id'] },
    {
      name: 'request_emails_unanswered_index',
      expression:
        'create index "request_emails_unanswered_index" on "request_emails" ("queued_at") where "answered_at" is null',
    },
  ],
});
export type RequestEmail = InferEntity<typeof RequestEmail>;
