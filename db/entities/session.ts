import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql';

/** A signed-in browser, as the session library keeps it: read and written by that alone, but for ending sessions. */
export const Session = defineEntity({
  name: 'Session',
  tableName: 'sessions',
  properties: {
    sid: p.text().primary(),
    sess: p.json<{ operatorId?: string; portalUserId?: string }>().columnType('json'),
    expire: p.datetime(3).index(),
  },
  indexes: [
    {
      name: 'sessions_portal_user_index',
      expression: `create index "sessions_portal_user_index" on "sessions" ((sess->>'portalUserId'))`,
    },
  ],
});
export type Session = InferEntity<typeof Session>;
