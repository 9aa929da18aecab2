import type { FilterQuery } from '@mikro-orm/postgresql';
import type { RequestStatus } from '../../vocabulary/statuses.ts';
import type { EntityManager } from '../database.ts';
import { Attachment, PortalRequest, Reply } from '../entities/index.ts';
import { containing, type Page, type PageRequest, readPage } from './read-page.ts';

/** Which of a portal's requests. */
export interface RequestFilter {
  status?: RequestStatus | undefined;
  /** Id of the portal user whose they are. */
  portalUser?: string | undefined;
  /** Part of the portal user's name or e-mail address. */
  q?: string | undefined;
}

/** The filter as a condition. */
export function matchingRequests(
  portalId: string,
  { status, portalUser, q }: RequestFilter,
): FilterQuery<PortalRequest> {
  const conditions: FilterQuery<PortalRequest>[] = [{ portal: portalId }];
  if (status !== undefined) conditions.push({ status });
  if (portalUser !== undefined) conditions.push({ portalUser });
  // The contact's portal is the request's; saying so lets Postgres walk the contacts' own index.
  if (q !== undefined) conditions.push({ portalUser: { contact: { portal: portalId, searchText: containing(q) } } });
  return { $and: conditions } as FilterQuery<PortalRequest>;
}

/** One page of a portal's requests, the newest activity first. Each filter has its index. @throws CursorError */
export async function listRequests(
  em: EntityManager,
  portalId: string,
  filter: RequestFilter,
  page: PageRequest,
): Promise<Page<PortalRequest>> {
  const where = matchingRequests(portalId, filter);
  return readPage(em, PortalRequest, { where, orderBy: { lastActivityAt: 'desc', id: 'desc' } }, page);
}

/** A portal's request; null for another portal's. */
export async function findRequest(em: EntityManager, portalId: string, id: string): Promise<PortalRequest | null> {
  return em.findOne(PortalRequest, { id, portal: portalId });
}

/** What was written to a request after its description, and the files that came with it and with each reply, oldest first. */
export interface Conversation {
  replies: Reply[];
  attachments: Attachment[];
}

export async function readConversation(em: EntityManager, requestId: string): Promise<Conversation> {
  const of = { request: requestId };
  const replies = await em.find(Reply, of, { orderBy: { createdAt: 'asc', id: 'asc' } });
  const attachments = await em.find(Attachment, of, { orderBy: { id: 'asc' } });
  return { replies, attachments };
}
