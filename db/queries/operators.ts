import type { EntityManager } from '../database.ts';
import { AccountEmail, PortalOperator } from '../entities/index.ts';
import { type Page, type PageRequest, readPage } from './read-page.ts';

/** A membership of a portal, with the newest e-mail about it where it is pending. */
export interface ListedOperator {
  membership: PortalOperator;
  email: AccountEmail | undefined;
}

/** One page of a portal's operators, by name, pending ones included. @throws CursorError */
export async function listOperators(
  em: EntityManager,
  portalId: string,
  page: PageRequest,
): Promise<Page<ListedOperator>> {
  const orderBy = { name: 'asc', id: 'asc' } as const;
  const { rows, ...rest } = await readPage(em, PortalOperator, { where: { portal: portalId }, orderBy }, page);
  const emails = await newestInvitations(em, rows);
  return { ...rest, rows: rows.map((membership) => ({ membership, email: emails.get(membership.id) })) };
}

/** The newest invitation e-mail of each pending membership, by its id. */
async function newestInvitations(em: EntityManager, memberships: PortalOperator[]): Promise<Map<string, AccountEmail>> {
  const pending = memberships.filter(({ acceptedAt }) => !acceptedAt).map(({ id }) => id);
  if (pending.length === 0) return new Map();
  const emails = await em.find(AccountEmail, { membership: { $in: pending } }, { orderBy: { generation: 'asc' } });
  return new Map(emails.map((email) => [email.membership!.id, email]));
}
