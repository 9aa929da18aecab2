import { type QBFilterQuery, raw } from '@mikro-orm/postgresql';
import { REQUEST_STATUSES, type RequestStatus } from '../../workflows/vocabulary.ts';
import type { EntityManager } from '../database.ts';
import { Request } from '../entities/index.ts';
import { matchingRequests, type RequestFilter } from './request-filter.ts';

/** How many requests have each status, the rest of the filter applied. */
export async function countRequests(
  em: EntityManager,
  portalId: string,
  { portalUser, q }: Omit<RequestFilter, 'status'>,
): Promise<Record<RequestStatus, number>> {
  const rows = (await em
    .createQueryBuilder(Request, 'r')
    .select([raw('r.status as status'), raw('count(*)::int as count')])
    .where(matchingRequests(portalId, { portalUser, q }) as QBFilterQuery<Request>)
    .groupBy(raw('1'))
    .execute('all')) as unknown as { status: RequestStatus; count: number }[];
  const counts = new Map(rows.map(({ status, count }) => [status, count]));
  return Object.fromEntries(REQUEST_STATUSES.map((status) => [status, counts.get(status) ?? 0])) as Record<
    RequestStatus,
    number
  >;
}
