import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql';
import { v7 as uuid } from 'uuid';
import type { InvitationEmailContent, RenderedEmail } from '../../vocabulary/email-content.ts';
import { DELIVERIES } from '../../vocabulary/statuses.ts';
import { PortalUser } from './portal-user.ts';

/** One message of an invitation. Its id and `queuedAt` become Message-ID and Date, so that a retry mails an identical copy. */
export const InvitationEmail = defineEntity({
  name: 'InvitationEmail',
  tableName: 'invitation_emails',
  properties: {
    id: p
      .uuid()
      .primary()
      .onCreate(() => uuid()),
    portalUser: () => p.manyToOne(PortalUser).ref().deleteRule('cascade'),
    generation: p.integer(),
    /** 0 for the generation's first e-mail, n for its n-th reminder. */
    reminder: p.integer(),
    toAddress: p.text(),
    /** Equal for all spellings of the address, see `emailKey`; null in rows of releases that did not record it. */
    addressKey: p.text().nullable(),
    /** Its data, but for the link: nothing that opens an account is stored. */
    content: p.json<InvitationEmailContent>().columnType('json'),
    /** Its words; null in rows of releases that did not store them. */
    rendered: p.json<RenderedEmail>().columnType('json').nullable(),
    delivery: p.enum(DELIVERIES).default('queued'),
    /** The mail server's last reply where it did not accept. */
    reply: p.text().nullable(),
    queuedAt: p.datetime(3).defaultRaw('now()'),
    /** When the mail server accepted or refused it for good. */
    answeredAt: p.datetime(3).nullable(),
  },
  uniques: [{ name: 'invitation_emails_number_unique', properties: ['portalUser', 'generation', 'reminder'] }],
});
export type InvitationEmail = InferEntity<typeof InvitationEmail>;
