import type { PortalUserCounts } from '../../../db/queries/count-portal-users.ts';
import type { PortalUserFilter } from '../../../db/queries/portal-user-filter.ts';
import { type BulkActionName, CONFIRMATION_STATUSES, type ConfirmationStatus } from '../../../workflows/vocabulary.ts';
import { presentCount } from '../present-count.ts';
import { STATUS_LABELS } from '../users/names.ts';

/** What an action does to whoever has a status, as far as that is known without looking at each; nothing to the others. */
const DOES: Record<BulkActionName, Partial<Record<ConfirmationStatus, string>>> = {
  re_invite: {
    not_confirmed:
      'will be mailed a new link, and every earlier link stops working; nothing is done to whoever was mailed only a moment ago, or as often as the portal allows within 24 hours',
  },
  deactivate: { not_confirmed: 'will lose their access', confirmed: 'will lose their access' },
  reactivate: {
    deactivated:
      'will be Confirmed again, or be mailed a new invitation where they have never confirmed; nothing is done to users who would be mailed, but were mailed only a moment ago, or as often as the portal allows within 24 hours',
  },
};

/** What an action would do to more portal users than are looked at beforehand: by their statuses, of which all that can match are told. */
export function presentProspects(
  action: BulkActionName,
  { status, link }: PortalUserFilter,
  counts: PortalUserCounts,
): { lines: { name: string; count: string | undefined; words: string }[]; acts: boolean } {
  const only = link === undefined ? status : 'not_confirmed';
  const possible = CONFIRMATION_STATUSES.filter((each) => (only ?? each) === each && counts.status[each] !== 0);
  return {
    lines: possible.map((each) => ({
      name: STATUS_LABELS[each].name,
      count: presentCount(counts.status[each])?.spoken,
      words: DOES[action][each] ?? 'nothing will be done',
    })),
    acts: possible.some((each) => DOES[action][each] !== undefined),
  };
}
