import type { EntityManager } from '../database.ts';
import { PortalOperator } from '../entities/index.ts';
import { type Page, type PageRequest, readPage } from './read-page.ts';

/** One page of those who work for a portal, by name, with the operators themselves. @throws CursorError */
export async function listOperators(
  em: EntityManager,
  portalId: string,
  page: PageRequest,
): Promise<Page<PortalOperator>> {
  const orderBy = { operator: { name: 'asc', id: 'asc' } } as const;
  return readPage(em, PortalOperator, { where: { portal: portalId }, orderBy, populate: ['operator'] }, page);
}
