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
  'operator_added',
  'operator_re_invited',
  'operator_accepted',
  'operator_changed',
  'operator_removed',
  'api_key_created',
  'api_key_revoked',
  'bulk_action_requested',
  'bulk_action_stopped',
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
  'portal_user_password_changed',
  'request_added',
  'request_replied',
  'request_status_changed',
  'signal_ignored',
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/**
 * Who acted: `operator/<id>` (console), `api_key/<id>`, `administrator` (ADMIN_API_KEY), `portal_user` (by a link),
 * `temporal` (UI, CLI, timers).
 */
export type Actor = `operator/${string}` | `api_key/${string}` | 'administrator' | 'portal_user' | 'temporal';

/** What an operator may do at a portal: owners also change its settings, keys and operators. */
export const OPERATOR_ROLES = ['owner', 'staff'] as const;
export type OperatorRole = (typeof OPERATOR_ROLES)[number];

/** Whose choice an operator's password is: `other` is one that somebody else knows, made by an earlier version. */
export const PASSWORD_SETTERS = ['self', 'environment', 'other'] as const;
export type PasswordSetter = (typeof PASSWORD_SETTERS)[number];

/** E-mails about accounts. */
export const ACCOUNT_EMAIL_KINDS = ['operator_invitation', 'password_changed'] as const;
export type AccountEmailKind = (typeof ACCOUNT_EMAIL_KINDS)[number];

/** What can be done to many portal users at once. */
export const BULK_ACTIONS = ['re_invite', 'deactivate', 'reactivate'] as const;
export type BulkActionName = (typeof BULK_ACTIONS)[number];

/** Where a request stands. */
export const REQUEST_STATUSES = ['open', 'on_hold', 'closed'] as const;
export type RequestStatus = (typeof REQUEST_STATUSES)[number];

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

/** Of the workflows, and of the e-mails they send. */
export const TASK_QUEUE = 'invitations';

/** Of all other activities: housekeeping, bulk actions, recording, test e-mails. */
export function backgroundTaskQueue(taskQueue: string): string {
  return `${taskQueue}-background`;
}

/** A mail server that greylists or is down is asked this often at the least. */
export const SEND_MAX_INTERVAL_SECONDS = 300;

/** The workflow type of an invitation, as operators read it in the Temporal UI. */
export const INVITATION_WORKFLOW = 'invitation';

/** One invitation per portal user: the id makes starting it twice harmless. */
export function invitationWorkflowId(portalUserId: string): string {
  return `invitation/${portalUserId}`;
}

/** The workflow type of an e-mail about a request. */
export const REQUEST_EMAIL_WORKFLOW = 'requestEmail';

/** One workflow per e-mail about a request. */
export function requestEmailWorkflowId(requestEmailId: string): string {
  return `request-email/${requestEmailId}`;
}

/** The workflow type of an e-mail for who forgot the password. */
export const PASSWORD_RESET_WORKFLOW = 'passwordReset';

/** One workflow per asking for a new password. */
export function passwordResetWorkflowId(passwordResetRequestId: string): string {
  return `password-reset/${passwordResetRequestId}`;
}

/** The workflow type of an e-mail about an account. */
export const ACCOUNT_EMAIL_WORKFLOW = 'accountEmail';

/** One workflow per e-mail about an account. */
export function accountEmailWorkflowId(accountEmailId: string): string {
  return `account-email/${accountEmailId}`;
}

/** The address in the console that leads to a portal user's page, whatever the portal is called. */
export function portalUserPath(portalUserId: string): string {
  return `/console/portal-user/${portalUserId}`;
}

/** The workflow type of a bulk action. */
export const BULK_ACTION_WORKFLOW = 'bulkAction';

/** One workflow per bulk action. */
export function bulkActionWorkflowId(bulkActionId: string): string {
  return `bulk-action/${bulkActionId}`;
}

/** The workflow type of a test e-mail. */
export const TEST_EMAIL_WORKFLOW = 'testEmail';

/** One test e-mail of a kind at a time for each operator of a portal. */
export function testEmailWorkflowId(operatorId: string, portalId: string, kind: string): string {
  return `test-email/${operatorId}/${portalId}/${kind}`;
}

export const SEARCH_ATTRIBUTES = { portalId: 'PortalId', confirmationStatus: 'ConfirmationStatus' } as const;

/** Names of the signals, as they are sent by the API and typed by hand in the Temporal UI or CLI. */
export const SIGNALS = { confirm: 'confirm', reInvite: 'reInvite', deactivate: 'deactivate' } as const;
export type SignalName = keyof typeof SIGNALS;

/** Types of the failures that activities throw, as they stand in histories. */
export const FAILURES = {
  /** The portal user's rows are gone (erased): the invitation has nothing left to do. Not retried. */
  portalUserErased: 'PortalUserErased',
  /** The operator does not work for the portal (any more): there is nobody to send a test e-mail to. Not retried. */
  operatorGone: 'OperatorGone',
  /** A workflow has taken a signal of a bulk action, but not recorded its decision: looked at again. */
  notDecidedYet: 'NotDecidedYet',
  /** SMTP 4xx, a refused or cut connection: tried again with the same Message-ID. */
  emailDeferred: 'EmailDeferred',
  /** Too many other e-mails are being sent to the mail server, or by the portal: tried again soon. */
  mailServerBusy: 'MailServerBusy',
  /** An e-mail about a request waits for the request's earlier one: looked at again soon. */
  earlierEmailUnanswered: 'EarlierEmailUnanswered',
} as const;
