import type {
  Actor,
  EventData,
  EventType,
  PortalEventType,
  PortalUserEventType,
  TypedEvent,
} from '../vocabulary/events.ts';
import type { EntityManager } from './database.ts';
import { ApiKey, Event, FormerPortalOperator, type Portal, PortalOperator, type PortalUser } from './entities/index.ts';
import { type Page, type PageRequest, readPage } from './queries/read-page.ts';

/** An event to record: `data` may be left out where its type has none. */
export type NewEvent<Type extends EventType = EventType> = {
  [T in Type]: {
    type: T;
    actor: Actor;
    /** No second event of this user has the same; see {@link recordEventOnce}. */
    onceKey?: string;
  } & (Record<never, never> extends EventData[T] ? { data?: EventData[T] } : { data: EventData[T] });
}[Type];

/** An event that was read, its data typed by its type. */
export type RecordedEvent<Type extends EventType = EventType> = Omit<Event, 'type' | 'data'> & TypedEvent<Type>;

/** Adds an event about a portal user to the transaction at hand; written with its flush. */
export function recordEvent(em: EntityManager, user: PortalUser, event: NewEvent<PortalUserEventType>): void {
  em.create(Event, { portal: user.portal, portalUser: user, ...event });
}

/** Adds an event about a portal itself to the transaction at hand; written with its flush. */
export function recordPortalEvent(em: EntityManager, portal: Portal, event: NewEvent<PortalEventType>): void {
  em.create(Event, { portal, ...event });
}

/**
 * Adds an event unless one with the same `onceKey` is recorded for this user: for activities, which may run twice.
 * The caller holds the lock on the user's row.
 */
export async function recordEventOnce(
  em: EntityManager,
  user: PortalUser,
  onceKey: string,
  event: NewEvent<PortalUserEventType>,
): Promise<void> {
  if ((await em.count(Event, { portalUser: user, onceKey })) > 0) return;
  em.create(Event, { portal: user.portal, portalUser: user, onceKey, ...event });
}

/** SQL that builds the data of an event. @param fields SQL expressions, never values from outside */
export function eventDataSql<Type extends EventType>(
  _type: Type,
  fields: { [Field in keyof EventData[Type]]: string },
): string {
  const pairs = Object.entries(fields).map(([field, expression]) => `'${field}', ${expression}`);
  return `jsonb_build_object(${pairs.join(', ')})`;
}

/** One page of a portal user's timeline, oldest first. @throws CursorError */
export async function listEvents(em: EntityManager, portalUserId: string, page: PageRequest): Promise<Page<Event>> {
  return readPage(em, Event, { where: { portalUser: portalUserId }, orderBy: { id: 'asc' } }, page);
}

/** One page of what happened to a portal itself, newest first. @throws CursorError */
export async function listPortalEvents(
  em: EntityManager,
  portalId: string,
  page: PageRequest,
): Promise<Page<RecordedEvent>> {
  const where = { portal: portalId, portalUser: null };
  return (await readPage(em, Event, { where, orderBy: { id: 'desc' } }, page)) as Page<Event> as Page<RecordedEvent>;
}

/** All events of one type that happened to a portal itself, oldest first. */
export async function portalEventsOfType<Type extends PortalEventType>(
  em: EntityManager,
  portalId: string,
  type: Type,
): Promise<RecordedEvent<Type>[]> {
  const where = { portal: portalId, portalUser: null, type };
  return (await em.find(Event, where, { orderBy: { id: 'asc' } })) as Event[] as RecordedEvent<Type>[];
}

/** A portal user's newest events, newest first. */
export async function newestEvents(em: EntityManager, portalUserId: string, limit: number): Promise<RecordedEvent[]> {
  return (await em.find(Event, { portalUser: portalUserId }, { orderBy: { id: 'desc' }, limit })) as RecordedEvent[];
}

/** How a portal's staff call who acted there. Operators have the name that this portal has for them, or had before they were removed. */
export async function nameActors(em: EntityManager, portalId: string, actors: Actor[]): Promise<Map<Actor, string>> {
  const ids = (kind: string) => actors.flatMap((actor) => (actor.startsWith(kind) ? [actor.slice(kind.length)] : []));
  const ofPortal = { portal: portalId, operator: { $in: ids('operator/') } };
  const former = await em.find(FormerPortalOperator, ofPortal);
  const present = await em.find(PortalOperator, ofPortal);
  const apiKeys = await em.find(ApiKey, { id: { $in: ids('api_key/') } });
  return new Map<Actor, string>([
    ['administrator', 'the administrator (API)'],
    ['portal_user', 'the portal user'],
    ['temporal', 'automatically'],
    ...[...former, ...present].map(({ operator, name }): [Actor, string] => [`operator/${operator.id}`, name]),
    ...apiKeys.map(({ id, name }): [Actor, string] => [`api_key/${id}`, `API key “${name}”`]),
  ]);
}
