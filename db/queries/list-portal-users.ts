import type { FilterQuery, QueryOrderMap } from '@mikro-orm/postgresql';
import type { EntityManager } from '../database.ts';
import { PortalUser } from '../entities/index.ts';
import { matching, type PortalUserFilter } from './portal-user-filter.ts';
import { type Page, type PageRequest, readPage } from './read-page.ts';

export const PORTAL_USER_SORTS = ['-createdAt', 'createdAt', 'name', '-name', 'email', '-email'] as const;
export type PortalUserSort = (typeof PORTAL_USER_SORTS)[number];

/** One page of a portal's users with their contacts. Each filter and order has its index. @throws CursorError */
export async function listPortalUsers(
  em: EntityManager,
  portalId: string,
  filter: PortalUserFilter,
  sort: PortalUserSort,
  page: PageRequest,
): Promise<Page<PortalUser>> {
  const byContact = sort.endsWith('createdAt') ? {} : { contact: { portal: portalId } };
  const where = { $and: [matching(portalId, filter), byContact] } as FilterQuery<PortalUser>;
  return readPage(em, PortalUser, { where, orderBy: ORDERS[sort], populate: ['contact'] }, page);
}

const ORDERS: Record<PortalUserSort, QueryOrderMap<PortalUser>> = {
  '-createdAt': { createdAt: 'desc', id: 'desc' },
  createdAt: { createdAt: 'asc', id: 'asc' },
  name: { contact: { name: 'asc', id: 'asc' } },
  '-name': { contact: { name: 'desc', id: 'desc' } },
  email: { contact: { emailKey: 'asc' } },
  '-email': { contact: { emailKey: 'desc' } },
};
