import type { FilterQuery } from '@mikro-orm/postgresql';
import type { RequestStatus } from '../../workflows/vocabulary.ts';
import type { Request } from '../entities/index.ts';
import { containing } from './containing.ts';

/** Which of a portal's requests. */
export interface RequestFilter {
  status?: RequestStatus | undefined;
  /** Id of the portal user whose they are. */
  portalUser?: string | undefined;
  /** Part of the portal user's name or e-mail address. */
  q?: string | undefined;
}

/** The filter as a condition. */
export function matchingRequests(portalId: string, { status, portalUser, q }: RequestFilter): FilterQuery<Request> {
  const conditions: FilterQuery<Request>[] = [{ portal: portalId }];
  if (status !== undefined) conditions.push({ status });
  if (portalUser !== undefined) conditions.push({ portalUser });
  // The contact's portal is the request's; saying so lets Postgres walk the contacts' own index.
  if (q !== undefined) conditions.push({ portalUser: { contact: { portal: portalId, searchText: containing(q) } } });
  return { $and: conditions } as FilterQuery<Request>;
}
