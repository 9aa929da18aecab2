import type { EntityManager } from '../database.ts';
import { Request } from '../entities/index.ts';
import { type Page, type PageRequest, readPage } from './read-page.ts';
import { matchingRequests, type RequestFilter } from './request-filter.ts';

/** One page of a portal's requests, the newest activity first. Each filter has its index. @throws CursorError */
export async function listRequests(
  em: EntityManager,
  portalId: string,
  filter: RequestFilter,
  page: PageRequest,
): Promise<Page<Request>> {
  const where = matchingRequests(portalId, filter);
  return readPage(em, Request, { where, orderBy: { lastActivityAt: 'desc', id: 'desc' } }, page);
}
