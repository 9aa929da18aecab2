import type { FilterQuery } from '@mikro-orm/postgresql';
import type { EntityManager } from '../database.ts';
import { Contact } from '../entities/index.ts';
import { containing } from './containing.ts';
import { type Page, type PageRequest, readPage } from './read-page.ts';

/** One page of a portal's contacts by name. @throws CursorError */
export async function listContacts(
  em: EntityManager,
  portalId: string,
  q: string | undefined,
  page: PageRequest,
): Promise<Page<Contact>> {
  const where: FilterQuery<Contact> = { portal: portalId };
  if (q !== undefined) where.searchText = containing(q);
  return readPage(em, Contact, { where, orderBy: { name: 'asc', id: 'asc' } }, page);
}
