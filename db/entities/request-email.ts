import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql';
import { v7 as uuid } from 'uuid';
import type { RenderedEmail, RequestEmailContent } from '../../vocabulary/email-content.ts';
import { DELIVERIES } from '../../vocabulary/statuses.ts';
import { PortalRequest } from './request.ts';

/**
 * One e-mail to a portal user about a reply or a new status, inserted in the transaction of the reply or status. Its id and
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
    request: () => p.manyToOne(PortalRequest).ref().deleteRule('cascade'),
    toAddress: p.text(),
    content: p.json<RequestEmailContent>().columnType('json'),
    /** Its words; null in rows of releases that did not store them. */
    rendered: p.json<RenderedEmail>().columnType('json').nullable(),
    delivery: p.enum(DELIVERIES).default('queued'),
    /** The mail server's last reply where it did not accept. */
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
