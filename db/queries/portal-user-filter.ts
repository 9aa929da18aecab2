import { type FilterQuery, raw } from '@mikro-orm/postgresql';
import type { ConfirmationStatus, Delivery } from '../../workflows/vocabulary.ts';
import type { PortalUser } from '../entities/index.ts';
import { containing } from './containing.ts';

/** Whether the newest link of somebody Not Confirmed still works. */
export const LINK_EXPIRIES = ['valid', 'expired'] as const;
export type LinkExpiry = (typeof LINK_EXPIRIES)[number];

/** Which of a portal's users. */
export interface PortalUserFilter {
  status?: ConfirmationStatus | undefined;
  delivery?: Delivery | undefined;
  link?: LinkExpiry | undefined;
  /** Part of the name or of the e-mail address. */
  q?: string | undefined;
  /** Added until then (ISO 8601). */
  addedUntil?: string | undefined;
}

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
