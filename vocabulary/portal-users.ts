import type { ConfirmationStatus, Delivery } from './statuses.ts';

/** What can be done to many portal users at once. */
export const BULK_ACTIONS = ['re_invite', 'deactivate', 'reactivate'] as const;

export type BulkActionName = (typeof BULK_ACTIONS)[number];

/** Why no new link is mailed to an address now: the portal's limits. */
export const LINK_REFUSALS = ['re_invite_too_soon', 're_invite_cap_reached'] as const;
export type LinkRefusal = (typeof LINK_REFUSALS)[number];

/** Why a re-invite does nothing, in the order in which it is found out. */
export const RE_INVITE_REFUSALS = ['already_confirmed', 'deactivated', ...LINK_REFUSALS] as const;
export type ReInviteRefusal = (typeof RE_INVITE_REFUSALS)[number];

/** What became of one row of a bulk action: done, taken but not recorded yet, or why nothing was done. */
export const BULK_OUTCOMES = [
  'done',
  'pending',
  ...RE_INVITE_REFUSALS,
  'already_deactivated',
  'not_deactivated',
] as const;

export type BulkOutcome = (typeof BULK_OUTCOMES)[number];

/** Whether the newest mailed link of a Not Confirmed user still works. Any other user has no link that can expire. */
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
