import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql';
import { v7 as uuid } from 'uuid';
import { Portal } from './portal.ts';

/**
 * That somebody asked for a new password for an address, known or not, at a portal or (where that is null) at the console: both are put down alike, and only the activity that
 * mails looks whose it is. Deleted when that is done.
 */
export const PasswordResetRequest = defineEntity({
  name: 'PasswordResetRequest',
  tableName: 'password_reset_requests',
  properties: {
    id: p
      .uuid()
      .primary()
      .onCreate(() => uuid()),
    portal: () => p.manyToOne(Portal).ref().nullable().deleteRule('cascade'),
    emailKey: p.text(),
    createdAt: p.datetime(3).defaultRaw('now()').index(),
  },
});
export type PasswordResetRequest = InferEntity<typeof PasswordResetRequest>;
