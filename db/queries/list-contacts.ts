import type { FilterQuery } from '@mikro-orm/postgresql';
import type { EntityManager } from '../database.ts';
import { Contact } from '../entities/index.ts';
import { containing } from './containing.ts';
import { type Page, type PageRequest, readPage } from './read-page.ts';

/** Which of a portal's contacts. */
export interface ContactFilter {
  /** Part of the name or of the e-mail address. */
  q?: string | undefined;
  /** Whether they are portal users. */
  portalUser?: 'yes' | 'no' | undefined;
}

/** One page of a portal's contacts by name. Each filter has its index. @throws CursorError */
export async function listContacts(
  em: EntityManager,
  portalId: string,
  { q, portalUser }: ContactFilter,
  page: PageRequest,
): Promise<Page<Contact>> {
  const where: FilterQuery<Contact> = { portal: portalId };
  if (portalUser !== undefined) where.isPortalUser = portalUser === 'yes';
  if (q !== undefined) where.searchText = containing(q);
  return readPage(em, Contact, { where, orderBy: { name: 'asc', id: 'asc' } }, page);
}
