import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql';
import type { Actor, EventData, EventType } from '../../vocabulary/events.ts';
import { Portal } from './portal.ts';
import { PortalUser } from './portal-user.ts';

/** A past-tense audit row. Written in the transaction of what it tells. */
export const Event = defineEntity({
  name: 'Event',
  tableName: 'events',
  properties: {
    id: p.bigint('string').primary(),
    portal: () => p.manyToOne(Portal).ref(),
    portalUser: () => p.manyToOne(PortalUser).ref().nullable().deleteRule('cascade'),
    type: p.text().$type<EventType>(),
    actor: p.text().$type<Actor>(),
    data: p
      .json<EventData[EventType]>()
      .onCreate(() => ({}))
      .defaultRaw("'{}'"),
    /** Keeps a repeated activity from telling the same thing twice. */
    onceKey: p.text().nullable(),
    occurredAt: p.datetime(3).defaultRaw('now()'),
  },
  uniques: [{ name: 'events_once_unique', properties: ['portalUser', 'onceKey'] }],
  indexes: [
    { name: 'events_portal_user_index', properties: ['portalUser', 'id'] },
    {
      name: 'events_portal_index',
      expression: 'create index "events_portal_index" on "events" ("portal_id", "type") where "portal_user_id" is null',
    },
    {
      name: 'events_portal_activity_index',
      expression:
        'create index "events_portal_activity_index" on "events" ("portal_id", "id") where "portal_user_id" is null',
    },
  ],
});
export type Event = InferEntity<typeof Event>;
