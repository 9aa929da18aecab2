import { type QBFilterQuery, raw } from '@mikro-orm/postgresql';
import { REQUEST_STATUSES, type RequestStatus } from '../../vocabulary/statuses.ts';
import type { EntityManager } from '../database.ts';
import { PortalRequest } from '../entities/index.ts';
import { COUNT_BOUND, type Count, rowsOf, sums } from './bounded-count.ts';
import { matchingRequests, type RequestFilter } from './list-requests.ts';

export interface RequestCounts {
  /** That match the whole filter. */
  matching: Count;
  /** By status, the rest of the filter applied. */
  status: Record<RequestStatus, Count>;
}

interface Cell {
  status: RequestStatus;
  count: number;
}

/** Counts at the most `bound` requests of each status, or of all of one portal user or that a search finds. */
export async function countRequests(
  em: EntityManager,
  portalId: string,
  { status, ...rest }: RequestFilter,
  bound = COUNT_BOUND,
): Promise<RequestCounts> {
  const isWhole = rest.portalUser === undefined && rest.q === undefined;
  const count = isWhole
    ? sums(await countEach(em, portalId, bound), 'each', bound)
    : sums(await countFound(em, portalId, rest, bound), 'together', bound);
  return {
    matching: count({ ...(status && { status }) }),
    status: Object.fromEntries(REQUEST_STATUSES.map((each) => [each, count({ status: each })])) as Record<
      RequestStatus,
      Count
    >,
  };
}

async function countEach(em: EntityManager, portalId: string, bound: number): Promise<Cell[]> {
  return em.execute(
    `select s.status, cell.count
       from ${rowsOf(REQUEST_STATUSES)} s (status)
      cross join lateral (
        select count(*)::int as count
          from (select from requests r where r.portal_id = ? and r.status = s.status limit ?) requests
      ) cell`,
    [portalId, bound + 1],
  );
}

async function countFound(em: EntityManager, portalId: string, filter: RequestFilter, bound: number): Promise<Cell[]> {
  const found = em
    .createQueryBuilder(PortalRequest, 'r')
    .select(raw('r.status as status'))
    .where(matchingRequests(portalId, filter) as QBFilterQuery<PortalRequest>)
    .limit(bound + 1);
  return em.execute(`select status, count(*)::int as count from (${found.getQuery()}) requests group by 1`, [
    ...found.getParams(),
  ]);
}
