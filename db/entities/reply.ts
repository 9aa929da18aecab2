import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql';
import { v7 as uuid } from 'uuid';
import type { Actor } from '../../workflows/vocabulary.ts';
import { Request } from './request.ts';

/** What was written to a request after its description: by its portal user, or by the help desk. */
export const Reply = defineEntity({
  name: 'Reply',
  tableName: 'replies',
  properties: {
    id: p
      .uuid()
      .primary()
      .onCreate(() => uuid()),
    request: () => p.manyToOne(Request).ref().deleteRule('cascade'),
    author: p.text().$type<Actor>(),
    /** What the portal called an operator when they wrote it; null for every other author. */
    authorName: p.text().nullable(),
    text: p.text(),
    createdAt: p.datetime(3).defaultRaw('now()'),
  },
  indexes: [{ name: 'replies_request_index', properties: ['request', 'createdAt', 'id'] }],
});
export type Reply = InferEntity<typeof Reply>;
