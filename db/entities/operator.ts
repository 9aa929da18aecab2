import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql';
import { v7 as uuid } from 'uuid';
import { PASSWORD_SETTERS } from '../../vocabulary/statuses.ts';
import { Portal } from './portal.ts';

/** Staff who use the console: one person at all portals. Which portals, as what and by which name is told by its {@link PortalOperator} rows. */
export const Operator = defineEntity({
  name: 'Operator',
  tableName: 'operators',
  properties: {
    id: p
      .uuid()
      .primary()
      .onCreate(() => uuid()),
    /** As it was typed. */
    email: p.text(),
    /** What makes two spellings one address. */
    emailKey: p.text().unique(),
    /** Argon2id; null until a password is chosen. */
    passwordHash: p.text().nullable().lazy(),
    /** Whose choice the password is; null where there is none. Only a password of one's own lets a further portal in. */
    passwordSetBy: p.enum(PASSWORD_SETTERS).nullable(),
    /** When a password was last chosen by a mailed link, which proves that the address is theirs. */
    addressProvedAt: p.datetime(3).nullable(),
    createdAt: p.datetime(3).defaultRaw('now()'),
  },
});
export type Operator = InferEntity<typeof Operator>;

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
