import type { FilterQuery, QueryOrderMap } from '@mikro-orm/postgresql';
import type { ConfirmationStatus, Delivery } from '../../workflows/vocabulary.ts';
import type { EntityManager } from '../database.ts';
import { PortalUser } from '../entities/index.ts';
import { containing } from './containing.ts';
import { type Page, type PageRequest, readPage } from './read-page.ts';

export const PORTAL_USER_SORTS = ['-createdAt', 'createdAt', 'name', '-name', 'email', '-email'] as const;
export type PortalUserSort = (typeof PORTAL_USER_SORTS)[number];

export interface PortalUserFilter {
  status?: ConfirmationStatus | undefined;
  delivery?: Delivery | undefined;
  /** Part of the name or of the e-mail address. */
  q?: string | undefined;
}

/** One page of a portal's users with their contacts. Each filter and order has its index. @throws CursorError */
export async function listPortalUsers(
  em: EntityManager,
  portalId: string,
  { status, delivery, q }: PortalUserFilter,
  sort: PortalUserSort,
  page: PageRequest,
): Promise<Page<PortalUser>> {
  const where: FilterQuery<PortalUser> = { portal: portalId };
  if (status !== undefined) where.confirmationStatus = status;
  if (delivery !== undefined) where.delivery = delivery;
  // The contact's portal is the user's; saying so lets Postgres walk the contacts' own indexes.
  if (q !== undefined || !sort.endsWith('createdAt')) where.contact = { portal: portalId };
  if (q !== undefined) where.contact = { portal: portalId, searchText: containing(q) };
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
