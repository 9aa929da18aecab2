import { type FilterQuery, type QueryOrderMap, raw } from '@mikro-orm/postgresql';
import type { PortalUserFilter } from '../../vocabulary/portal-users.ts';
import type { EntityManager } from '../database.ts';
import { PortalUser } from '../entities/index.ts';
import { containing, type Page, type PageRequest, readPage } from './read-page.ts';

/** The filter as a condition. */
export function matching(
  portalId: string,
  { status, delivery, link, q, addedUntil }: PortalUserFilter,
): FilterQuery<PortalUser> {
  const conditions: FilterQuery<PortalUser>[] = [{ portal: portalId }];
  if (status !== undefined) conditions.push({ confirmationStatus: status });
  if (delivery !== undefined) conditions.push({ delivery });
  if (addedUntil !== undefined) conditions.push({ createdAt: { $lte: new Date(addedUntil) } });
  if (link !== undefined) {
    conditions.push({
      confirmationStatus: 'not_confirmed',
      linkExpiresAt: link === 'valid' ? { $gt: raw('now()') } : { $lte: raw('now()') },
    });
  }
  // The contact's portal is the user's; saying so lets Postgres walk the contacts' own indexes.
  if (q !== undefined) conditions.push({ contact: { portal: portalId, searchText: containing(q) } });
  return { $and: conditions } as FilterQuery<PortalUser>;
}

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

/** A portal's user with its contact; null for another portal's. */
export async function findPortalUser(em: EntityManager, portalId: string, id: string): Promise<PortalUser | null> {
  const [user] = await findPortalUsers(em, portalId, [id]);
  return user ?? null;
}

/** A portal's users by id, with their contacts, in no order; ids of others are passed over. */
export async function findPortalUsers(em: EntityManager, portalId: string, ids: string[]): Promise<PortalUser[]> {
  return em.find(PortalUser, { id: { $in: ids }, portal: portalId }, { populate: ['contact'], strategy: 'joined' });
}
