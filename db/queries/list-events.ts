import type { EntityManager } from '../database.ts';
import { Event } from '../entities/index.ts';
import { type Page, type PageRequest, readPage } from './read-page.ts';

/** One page of a portal user's timeline, oldest first. @throws CursorError */
export async function listEvents(em: EntityManager, portalUserId: string, page: PageRequest): Promise<Page<Event>> {
  return readPage(em, Event, { where: { portalUser: portalUserId }, orderBy: { id: 'asc' } }, page);
}

/** A portal user's newest events, newest first. */
export async function newestEvents(em: EntityManager, portalUserId: string, limit: number): Promise<Event[]> {
  return em.find(Event, { portalUser: portalUserId }, { orderBy: { id: 'desc' }, limit });
}
