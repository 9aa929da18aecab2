import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql';
import { v7 as uuid } from 'uuid';

/** Staff who use the console. Which portals, and as what, is told by its {@link PortalOperator} rows. */
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
    name: p.text(),
    /** Argon2id. */
    passwordHash: p.text().lazy(),
    createdAt: p.datetime(3).onCreate(() => new Date()),
  },
});
export type Operator = InferEntity<typeof Operator>;
