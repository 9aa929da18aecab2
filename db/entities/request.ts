import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql';
import { v7 as uuid } from 'uuid';
import type { Actor } from '../../vocabulary/events.ts';
import { REQUEST_STATUSES } from '../../vocabulary/statuses.ts';
import { Portal } from './portal.ts';
import { PortalUser } from './portal-user.ts';

/** What a portal user asks the help desk for. Only its portal user and the portal's operators see it. */
export const PortalRequest = defineEntity({
  name: 'PortalRequest',
  tableName: 'requests',
  properties: {
    id: p
      .uuid()
      .primary()
      .onCreate(() => uuid()),
    portal: () => p.manyToOne(Portal).ref(),
    portalUser: () => p.manyToOne(PortalUser).ref().deleteRule('cascade'),
    /** Counts a portal's requests from 1: what people call it by. */
    number: p.integer(),
    subject: p.text(),
    description: p.text(),
    status: p.enum(REQUEST_STATUSES).default('open'),
    createdAt: p.datetime(3).defaultRaw('now()'),
    /** Of the newest reply or change of status. */
    lastActivityAt: p.datetime(3).defaultRaw('now()'),
  },
  uniques: [{ name: 'requests_number_unique', properties: ['portal', 'number'] }],
  indexes: [
    { name: 'requests_portal_user_index', properties: ['portalUser', 'lastActivityAt', 'id'] },
    { name: 'requests_activity_index', properties: ['portal', 'lastActivityAt', 'id'] },
    { name: 'requests_status_index', properties: ['portal', 'status', 'lastActivityAt', 'id'] },
  ],
});
export type PortalRequest = InferEntity<typeof PortalRequest>;

/** What was written to a request after its description: by its portal user, or by the help desk. */
export const Reply = defineEntity({
  name: 'Reply',
  tableName: 'replies',
  properties: {
    id: p
      .uuid()
      .primary()
      .onCreate(() => uuid()),
    request: () => p.manyToOne(PortalRequest).ref().deleteRule('cascade'),
    author: p.text().$type<Actor>(),
    /** What the portal called an operator when they wrote it; null for every other author. */
    authorName: p.text().nullable(),
    text: p.text(),
    createdAt: p.datetime(3).defaultRaw('now()'),
  },
  indexes: [{ name: 'replies_request_index', properties: ['request', 'createdAt', 'id'] }],
});
export type Reply = InferEntity<typeof Reply>;
