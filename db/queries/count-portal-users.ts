import { type QBFilterQuery, raw } from '@mikro-orm/postgresql';
import { LINK_EXPIRIES, type LinkExpiry, type PortalUserFilter } from '../../vocabulary/portal-users.ts';
import {
  CONFIRMATION_STATUSES,
  type ConfirmationStatus,
  DELIVERIES,
  type Delivery,
} from '../../vocabulary/statuses.ts';
import type { EntityManager } from '../database.ts';
import { PortalUser } from '../entities/index.ts';
import { LINK_DEADLINES, linkExpirySql } from '../entities/portal-user.ts';
import { COUNT_BOUND, type Count, rowsOf, sums } from './bounded-count.ts';
import { matching } from './list-portal-users.ts';

/** How many portal users there are by each value of a filter, the other filters applied. */
export interface PortalUserCounts {
  /** That match the whole filter. */
  matching: Count;
  status: Record<ConfirmationStatus, Count>;
  delivery: Record<Delivery, Count>;
  link: Record<LinkExpiry, Count>;
}

interface Cell {
  status: ConfirmationStatus;
  delivery: Delivery;
  link: LinkExpiry | null;
  count: number;
}

/** Counts in one statement, at the most `bound` of each kind, or of all that a search finds; the numbers are sums of these. */
export async function countPortalUsers(
  em: EntityManager,
  portalId: string,
  { q, status, delivery, link }: PortalUserFilter,
  bound = COUNT_BOUND,
): Promise<PortalUserCounts> {
  const count =
    q === undefined
      ? sums(await countEach(em, portalId, bound), 'each', bound)
      : sums(await countFound(em, portalId, q, bound), 'together', bound);
  const whole = { status, delivery, link } as Partial<Cell>;
  const by = <Value extends string>(key: keyof Cell, values: readonly Value[]) =>
    Object.fromEntries(values.map((value) => [value, count({ ...whole, [key]: value })])) as Record<Value, Count>;
  return {
    matching: count(whole),
    status: by('status', CONFIRMATION_STATUSES),
    delivery: by('delivery', DELIVERIES),
    link: by('link', LINK_EXPIRIES),
  };
}

/** The values of {@link linkExpirySql}. Apart, each is one range of the index. */
const LINKS = [
  { link: 'null', of: `s.status <> 'not_confirmed'` },
  { link: 'null', of: `s.status = 'not_confirmed' and u.link_expires_at is null` },
  ...LINK_EXPIRIES.map((link) => ({
    link: `'${link}'`,
    of: `s.status = 'not_confirmed' and u.link_expires_at ${LINK_DEADLINES[link]}`,
  })),
];

async function countEach(em: EntityManager, portalId: string, bound: number): Promise<Cell[]> {
  const ranges = LINKS.map(
    ({ link, of }) => `
      select ${link} as link, count(*)::int as count
        from (select from portal_users u
               where u.portal_id = ? and u.confirmation_status = s.status and u.delivery = d.delivery and ${of}
               limit ?) users`,
  );
  return em.execute(
    `select s.status, d.delivery, cell.link, cell.count
       from ${rowsOf(CONFIRMATION_STATUSES)} s (status)
      cross join ${rowsOf(DELIVERIES)} d (delivery)
      cross join lateral (${ranges.join(' union all ')}) cell
      where cell.count > 0`,
    LINKS.flatMap(() => [portalId, bound + 1]),
  );
}

async function countFound(em: EntityManager, portalId: string, q: string, bound: number): Promise<Cell[]> {
  const found = em
    .createQueryBuilder(PortalUser, 'u')
    .select([
      raw('u.confirmation_status as status'),
      raw('u.delivery as delivery'),
      raw(`${linkExpirySql('u.confirmation_status', 'u.link_expires_at')} as link`),
    ])
    .where(matching(portalId, { q }) as QBFilterQuery<PortalUser>)
    .limit(bound + 1);
  return em.execute(
    `select status, delivery, link, count(*)::int as count from (${found.getQuery()}) users group by 1, 2, 3`,
    [...found.getParams()],
  );
}
