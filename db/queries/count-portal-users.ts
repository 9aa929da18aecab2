import { type QBFilterQuery, raw } from '@mikro-orm/postgresql';
import {
  CONFIRMATION_STATUSES,
  type ConfirmationStatus,
  DELIVERIES,
  type Delivery,
} from '../../workflows/vocabulary.ts';
import type { EntityManager } from '../database.ts';
import { PortalUser } from '../entities/index.ts';
import { LINK_EXPIRIES, type LinkExpiry, matching, type PortalUserFilter } from './portal-user-filter.ts';

/** How many portal users there are by each value of a filter, the other filters applied. */
export interface PortalUserCounts {
  /** That match the whole filter. */
  matching: number;
  status: Record<ConfirmationStatus, number>;
  delivery: Record<Delivery, number>;
  link: Record<LinkExpiry, number>;
}

interface Cell {
  status: ConfirmationStatus;
  delivery: Delivery;
  link: LinkExpiry | null;
  count: number;
}

/** Counts in one pass over an index; each filter's numbers are sums of the same cells. */
export async function countPortalUsers(
  em: EntityManager,
  portalId: string,
  filter: PortalUserFilter,
): Promise<PortalUserCounts> {
  const link = `case when u.confirmation_status = 'not_confirmed' and u.link_expires_at > now() then 'valid'
                     when u.confirmation_status = 'not_confirmed' and u.link_expires_at <= now() then 'expired' end`;
  const cells = (await em
    .createQueryBuilder(PortalUser, 'u')
    .select([
      raw('u.confirmation_status as status'),
      raw('u.delivery as delivery'),
      raw(`${link} as link`),
      raw('count(*)::int as count'),
    ])
    .where(matching(portalId, { q: filter.q }) as QBFilterQuery<PortalUser>)
    .groupBy([raw('1'), raw('2'), raw('3')])
    .execute('all')) as unknown as Cell[];

  const sum = (wanted: Partial<Cell>) => {
    const entries = Object.entries(wanted).filter(([, value]) => value !== undefined) as [keyof Cell, unknown][];
    const fitting = cells.filter((cell) => entries.every(([key, value]) => cell[key] === value));
    return fitting.reduce((total, { count }) => total + count, 0);
  };
  const { status, delivery, link: expiry } = filter;
  const whole = { status, delivery, link: expiry } as Partial<Cell>;
  const by = <Value extends string>(key: keyof Cell, values: readonly Value[]) =>
    Object.fromEntries(values.map((value) => [value, sum({ ...whole, [key]: value })])) as Record<Value, number>;
  return {
    matching: sum(whole),
    status: by('status', CONFIRMATION_STATUSES),
    delivery: by('delivery', DELIVERIES),
    link: by('link', LINK_EXPIRIES),
  };
}
