import type { Outlook } from '../../../db/queries/bulk-outlook.ts';
import type { BulkActionName, BulkOutcome } from '../../../workflows/vocabulary.ts';
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

export function outcomeWords(
  action: BulkActionName,
  outcome: BulkOutcome | null | undefined,
  { isStopped, isFinished }: { isStopped?: boolean; isFinished?: boolean } = {},
): string {
  if (!outcome && isFinished) return 'Nothing done: the action was stopped';
  if (!outcome) return isStopped ? 'Being stopped' : 'Waits for its turn';
  return outcome === 'done' ? DONE[action] : OUTCOMES[outcome];
}

type Words = (one: boolean, last: string, again: string) => string;

const WILL: Record<BulkActionName, (isMailed: boolean) => Words> = {
  re_invite: () => () => 'will be mailed a new link, and every earlier link stops working',
  deactivate: () => (one) => `will lose ${one ? 'the' : 'their'} access`,
  reactivate: (isMailed) => () => (isMailed ? 'will be mailed a new invitation' : 'will be Confirmed again'),
};

const WILL_NOT: Record<Exclude<BulkOutcome, 'done'>, Words> = {
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
export function outlookWords(
  action: BulkActionName,
  { outcome, isMailed, count, lastMailedAt, cooledDownAt }: Outlook,
): string {
  const words = outcome === 'done' ? WILL[action](isMailed) : WILL_NOT[outcome];
  return words(count === 1, moment(lastMailedAt)?.text ?? '', moment(cooledDownAt)?.text ?? '');
}
