import { type QBFilterQuery, raw } from '@mikro-orm/postgresql';
import type { BulkActionName, BulkOutcome, PortalUserFilter } from '../../vocabulary/portal-users.ts';
import type { EntityManager } from '../database.ts';
import { PortalUser } from '../entities/index.ts';
import { COUNT_BOUND } from './bounded-count.ts';
import { LINK_POLICY_SQL, RE_INVITE_REFUSAL_SQL, REACTIVATION_REFUSAL_SQL } from './link-limits.ts';
import { matching } from './list-portal-users.ts';

/** The portal users that a bulk action is about: picked one by one, or all that match. */
export type Selection = { ids: string[] } | { filter: PortalUserFilter };

/** What a bulk action would do to how many, asked before it is done. */
export interface BulkPreview {
  /** `done` where it would act; else why it would not. */
  outcome: BulkOutcome;
  /** Whether these would be sent an e-mail. */
  isMailed: boolean;
  count: number;
  /** When the last e-mail to any of them was sent or requested, as far as the action mails anybody. */
  lastMailedAt: Date | null;
  /** When the cool-down of all of them is over. */
  cooledDownAt: Date | null;
}

/** How each portal user would fare, by the rules by which the action itself goes. */
const OUTCOME_SQL: Record<BulkActionName, { outcome: string; isMailed: string; from: string }> = {
  re_invite: {
    outcome: `coalesce(${RE_INVITE_REFUSAL_SQL}, 'done')`,
    isMailed: `${RE_INVITE_REFUSAL_SQL} is null`,
    from: LINK_POLICY_SQL,
  },
  deactivate: {
    outcome: `case when u.confirmation_status = 'deactivated' then 'already_deactivated' else 'done' end`,
    isMailed: 'false',
    from: 'cross join (select null::timestamptz as last_at, null::timestamptz as ends_at) cooldown',
  },
  reactivate: {
    outcome: `coalesce(${REACTIVATION_REFUSAL_SQL}, 'done')`,
    isMailed: `u.confirmed_at is null and ${REACTIVATION_REFUSAL_SQL} is null`,
    from: LINK_POLICY_SQL,
  },
};

/**
 * Asks beforehand what a bulk action would do, where it is about no more than `bound`; else all that is told is that it is
 * about `many`. Changes nothing; ids of other portals are passed over.
 */
export async function previewBulkAction(
  em: EntityManager,
  portalId: string,
  action: BulkActionName,
  selection: Selection,
  bound = COUNT_BOUND,
): Promise<BulkPreview[] | 'many'> {
  const where =
    'ids' in selection ? { portal: portalId, id: { $in: selection.ids } } : matching(portalId, selection.filter);
  const selected = em
    .createQueryBuilder(PortalUser, 's')
    .select(raw('s.*'))
    .where(where as QBFilterQuery<PortalUser>)
    .limit(bound + 1);
  const { outcome, isMailed, from } = OUTCOME_SQL[action];
  const rows = await em.execute<BulkPreviewRow[]>(
    `select outcome, "isMailed", count(*)::int as count, extract(epoch from max(last_at))::float8 as "lastMailedAt",
            extract(epoch from max(ends_at))::float8 as "cooledDownAt"
       from (select ${outcome} as outcome, ${isMailed} as "isMailed", cooldown.last_at, cooldown.ends_at
               from (${selected.getQuery()}) u ${from}) fates
      group by 1, 2 order by 2 desc, 3 desc`,
    [...selected.getParams()],
  );
  if (rows.reduce((sum, { count }) => sum + count, 0) > bound) return 'many';
  return rows.map((row) => ({
    ...row,
    lastMailedAt: dateOf(row.lastMailedAt),
    cooledDownAt: dateOf(row.cooledDownAt),
  }));
}

/** Its dates in seconds since 1970: of plain SQL they would come as texts. */
interface BulkPreviewRow extends Omit<BulkPreview, 'lastMailedAt' | 'cooledDownAt'> {
  lastMailedAt: number | null;
  cooledDownAt: number | null;
}

function dateOf(seconds: number | null): Date | null {
  return seconds === null ? null : new Date(seconds * 1000);
}
