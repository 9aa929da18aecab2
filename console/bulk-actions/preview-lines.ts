import type { BulkPreview } from '../../db/queries/bulk-preview.ts';
import type { PortalUserCounts } from '../../db/queries/count-portal-users.ts';
import type { BulkActionName, BulkOutcome, PortalUserFilter } from '../../vocabulary/portal-users.ts';
import { CONFIRMATION_STATUSES, type ConfirmationStatus } from '../../vocabulary/statuses.ts';
import { formatCount } from '../counts.ts';
import { STATUS_LABELS } from '../labels.ts';
import { moment } from '../moment.ts';

/** How the console calls each bulk action. */
export const ACTION_NAMES: Record<BulkActionName, string> = {
  re_invite: 'Re-Invite',
  deactivate: 'Deactivate Portal User',
  reactivate: 'Reactivate',
};

/** What became of a row it acted on. */
const DONE: Record<BulkActionName, string> = {
  re_invite: 'A new link was mailed or is on its way',
  deactivate: 'Deactivated',
  reactivate: 'Reactivated',
};

const OUTCOMES: Record<Exclude<BulkOutcome, 'done'>, string> = {
  pending: 'Taken, and recorded as soon as a worker gets to it',
  already_confirmed: 'Nothing done: confirmed already',
  deactivated: 'Nothing done: deactivated; reactivate instead',
  re_invite_too_soon: 'Nothing done: the last e-mail was sent only a moment ago',
  re_invite_cap_reached: 'Nothing done: no more re-invites within 24 hours',
  already_deactivated: 'Nothing done: deactivated already',
  not_deactivated: 'Nothing done: not deactivated',
};

export function describeOutcome(
  action: BulkActionName,
  outcome: BulkOutcome | null | undefined,
  { isStopped, isFinished }: { isStopped?: boolean; isFinished?: boolean } = {},
): string {
  if (!outcome && isFinished) return 'Nothing done: the action was stopped';
  if (!outcome) return isStopped ? 'Being stopped' : 'Waits for its turn';
  return outcome === 'done' ? DONE[action] : OUTCOMES[outcome];
}

type Phrase = (one: boolean, last: string, again: string) => string;

const EFFECTS: Record<BulkActionName, (isMailed: boolean) => Phrase> = {
  re_invite: () => () => 'will be mailed a new link, and every earlier link stops working',
  deactivate: () => (one) => `will lose ${one ? 'the' : 'their'} access`,
  reactivate: (isMailed) => () => (isMailed ? 'will be mailed a new invitation' : 'will be Confirmed again'),
};

const REASONS_FOR_NO_EFFECT: Record<Exclude<BulkOutcome, 'done'>, Phrase> = {
  pending: () => '',
  already_confirmed: (one) => `${one ? 'is' : 'are'} already confirmed`,
  deactivated: (one) => `${one ? 'is' : 'are'} deactivated`,
  re_invite_too_soon: (one, last, again) =>
    one
      ? `was mailed ${last}; again ${again}`
      : `were mailed only a moment ago, the last ${last}; all of them again ${again}`,
  re_invite_cap_reached: (one) =>
    `${one ? 'was' : 'were'} mailed a new link as often as the portal allows within 24 hours`,
  already_deactivated: (one) => `${one ? 'is' : 'are'} deactivated already`,
  not_deactivated: (one) => `${one ? 'is' : 'are'} not deactivated`,
};

/** What an action would do, beforehand: "7 will be mailed …, 2 are already confirmed, 1 was mailed 20 seconds ago". */
export function describePreview(
  action: BulkActionName,
  { outcome, isMailed, count, lastMailedAt, cooledDownAt }: BulkPreview,
): string {
  const words = outcome === 'done' ? EFFECTS[action](isMailed) : REASONS_FOR_NO_EFFECT[outcome];
  return words(count === 1, moment(lastMailedAt)?.text ?? '', moment(cooledDownAt)?.text ?? '');
}

/** What an action does to whoever has a status, as far as that is known without looking at each; nothing to the others. */
const EFFECTS_BY_STATUS: Record<BulkActionName, Partial<Record<ConfirmationStatus, string>>> = {
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
export function describePreviewByStatus(
  action: BulkActionName,
  { status, link }: PortalUserFilter,
  counts: PortalUserCounts,
): { lines: { name: string; count: string | undefined; words: string }[]; acts: boolean } {
  const only = link === undefined ? status : 'not_confirmed';
  const possible = CONFIRMATION_STATUSES.filter((each) => (only ?? each) === each && counts.status[each] !== 0);
  return {
    lines: possible.map((each) => ({
      name: STATUS_LABELS[each].name,
      count: formatCount(counts.status[each])?.spoken,
      words: EFFECTS_BY_STATUS[action][each] ?? 'nothing will be done',
    })),
    acts: possible.some((each) => EFFECTS_BY_STATUS[action][each] !== undefined),
  };
}
