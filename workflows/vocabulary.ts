/**
 * The words every part of the product shares: statuses, ids, queues, names that cross the wire.
 * Imports nothing, so that the workflow sandbox, the database and the API can all import it.
 */

/** Whether a portal user has confirmed. Decided by the workflow, written by its activities. */
export const CONFIRMATION_STATUSES = ['not_confirmed', 'confirmed', 'deactivated'] as const;
export type ConfirmationStatus = (typeof CONFIRMATION_STATUSES)[number];

/** What became of the newest invitation e-mail. */
export const DELIVERIES = ['queued', 'sent', 'deferred', 'bounced', 'suppressed'] as const;
export type Delivery = (typeof DELIVERIES)[number];

/** How an invitation ends. */
export type InvitationOutcome = Exclude<ConfirmationStatus, 'not_confirmed'>;

/** Past-tense audit rows: the timeline of a portal user. */
export const EVENT_TYPES = [
  'portal_created',
  'portal_changed',
  'portal_enabled',
  'api_key_created',
  'api_key_revoked',
  'contact_added',
  'portal_user_added',
  'portal_user_changed',
  'portal_user_re_invited',
  'invitation_sent',
  'invitation_reminder_sent',
  'invitation_deferred',
  'invitation_bounced',
  'invitation_link_expired',
  'portal_user_confirmed',
  'portal_user_deactivated',
  'portal_user_reactivated',
  'signal_ignored',
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** Who acted: `api_key/<id>`, `administrator` (ADMIN_API_KEY), `portal_user` (by a link), `temporal` (UI, CLI, timers). */
export type Actor = `api_key/${string}` | 'administrator' | 'portal_user' | 'temporal';

export const TASK_QUEUE = 'invitations';

/** The workflow type of an invitation, as operators read it in the Temporal UI. */
export const INVITATION_WORKFLOW = 'invitation';

/** One invitation per portal user: the id makes starting it twice harmless. */
export function invitationWorkflowId(portalUserId: string): string {
  return `invitation/${portalUserId}`;
}

export const SEARCH_ATTRIBUTES = { portalId: 'PortalId', confirmationStatus: 'ConfirmationStatus' } as const;

/** Names of the signals, as they are sent by the API and typed by hand in the Temporal UI or CLI. */
export const SIGNALS = { confirm: 'confirm', reInvite: 'reInvite', deactivate: 'deactivate' } as const;
export type SignalName = keyof typeof SIGNALS;

/** Types of the failures that activities throw, as they stand in histories. */
export const FAILURES = {
  /** The portal user's rows are gone (erased): the invitation has nothing left to do. Not retried. */
  portalUserErased: 'PortalUserErased',
  /** SMTP 4xx, a refused or cut connection: tried again with the same Message-ID. */
  emailDeferred: 'EmailDeferred',
} as const;
