import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql';
import { v7 as uuid } from 'uuid';
import { REQUEST_STATUSES } from '../../workflows/vocabulary.ts';
import { Portal } from './portal.ts';
import { PortalUser } from './portal-user.ts';

/** What a portal user asks the help desk for. Only its portal user and the portal's operators see it. */
export const Request = defineEntity({
  name: 'Request',
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
export type Request = InferEntity<typeof Request>;
