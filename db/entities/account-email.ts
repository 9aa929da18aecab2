import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql';
import { v7 as uuid } from 'uuid';
import type { AccountEmailContent, RenderedEmail } from '../../vocabulary/email-content.ts';
import { ACCOUNT_EMAIL_KINDS, DELIVERIES } from '../../vocabulary/statuses.ts';
import { Operator } from './operator.ts';
import { PortalOperator } from './portal-operator.ts';
import { PortalUser } from './portal-user.ts';

/**
 * One e-mail about the account of an operator or a portal user, inserted in the transaction of its cause. Its id and
 * `queuedAt` become Message-ID and Date, so that a retry sends an identical copy. Erased with the person.
 */
export const AccountEmail = defineEntity({
  name: 'AccountEmail',
  tableName: 'account_emails',
  properties: {
    id: p
      .uuid()
      .primary()
      .onCreate(() => uuid()),
    kind: p.enum(ACCOUNT_EMAIL_KINDS),
    /** Of an `operator_invitation`: the membership that its link accepts. */
    membership: () => p.manyToOne(PortalOperator).ref().nullable().deleteRule('cascade').index(),
    /** Of an `operator_invitation`: the number of its link. */
    generation: p.integer().nullable(),
    /** Whose password was changed: one of these two. */
    operator: () => p.manyToOne(Operator).ref().nullable().deleteRule('cascade').index(),
    portalUser: () => p.manyToOne(PortalUser).ref().nullable().deleteRule('cascade').index(),
    toAddress: p.text(),
    content: p.json<AccountEmailContent>().columnType('json'),
    /** Its words; null in rows of releases that did not store them. */
    rendered: p.json<RenderedEmail>().columnType('json').nullable(),
    delivery: p.enum(DELIVERIES).default('queued'),
    /** The mail server's last reply where it did not accept. */
    reply: p.text().nullable(),
    queuedAt: p.datetime(3).defaultRaw('now()'),
    /** When the mail server accepted or refused it for good, or it was given up. */
    answeredAt: p.datetime(3).nullable(),
  },
  indexes: [
    {
      name: 'account_emails_unanswered_index',
      expression:
        'create index "account_emails_unanswered_index" on "account_emails" ("queued_at") where "answered_at" is null',
    },
    { name: 'account_emails_answered_index', properties: ['answeredAt'] },
  ],
});
export type AccountEmail = InferEntity<typeof AccountEmail>;
