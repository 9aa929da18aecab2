import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import type { Actor } from './events.ts';

/** Arguments are optional throughout, so that an operator can signal by hand from the Temporal UI or CLI. */
export interface ConfirmRequest {
  /** Generation of the link that was used; absent: whichever is current. */
  generation?: number;
  actor?: Actor;
}

export interface ReInviteRequest {
  /** Generation whose link is to be replaced; absent: whichever is current. Makes a repeated request harmless. */
  supersedes?: number;
  actor?: Actor;
}

export interface DeactivateRequest {
  actor?: Actor;
}

/** A confirmation link, and whose it is. Also the input of the workflow. */
export interface Link {
  portalUserId: string;
  /** Counts the portal user's links from 1; only the newest one works. */
  generation: number;
  /** Who asked for it; absent for the first. */
  requestedBy?: Actor;
}

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

/** By which operators find invitations in the Temporal UI. Set at start; the status again when it changes. */
export const portalIdAttribute = defineSearchAttributeKey(SEARCH_ATTRIBUTES.portalId, SearchAttributeType.KEYWORD);

export const confirmationStatusAttribute = defineSearchAttributeKey(
  SEARCH_ATTRIBUTES.confirmationStatus,
  SearchAttributeType.KEYWORD,
);
