import type { Actor, EventType } from '../workflows/vocabulary.ts';
import type { EntityManager } from './database.ts';
import { Event, type Portal, type PortalUser } from './entities/index.ts';

export interface EventDetails {
  type: EventType;
  actor: Actor;
  data?: Record<string, unknown>;
  /** No second event of this user has the same; see {@link recordEventOnce}. */
  onceKey?: string;
}

/** Adds an event about a portal user to the transaction at hand; written with its flush. */
export function recordEvent(em: EntityManager, user: PortalUser, event: EventDetails): void {
  em.create(Event, { portal: user.portal, portalUser: user, ...event });
}

/** Adds an event about a portal itself to the transaction at hand; written with its flush. */
export function recordPortalEvent(em: EntityManager, portal: Portal, event: EventDetails): void {
  em.create(Event, { portal, ...event });
}

/**
 * Adds an event unless one with the same `onceKey` was told of this user already: for activities, which may run twice.
 * The caller holds the lock on the user's row.
 */
export async function recordEventOnce(
  em: EntityManager,
  user: PortalUser,
  onceKey: string,
  event: EventDetails,
): Promise<void> {
  if ((await em.count(Event, { portalUser: user, onceKey })) > 0) return;
  em.create(Event, { portal: user.portal, portalUser: user, onceKey, ...event });
}
