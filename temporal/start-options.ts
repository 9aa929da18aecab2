import { TypedSearchAttributes } from '@temporalio/common';
import type { Actor } from '../vocabulary/events.ts';
import {
  type ConfirmRequest,
  confirmationStatusAttribute,
  type DeactivateRequest,
  invitationWorkflowId,
  type Link,
  portalIdAttribute,
  portalUserPath,
  type ReInviteRequest,
  SIGNALS,
} from '../vocabulary/workflows.ts';

/** A running workflow is left alone, a finished one may be followed by another run. */
export const ONE_AT_A_TIME = {
  workflowIdReusePolicy: 'ALLOW_DUPLICATE',
  workflowIdConflictPolicy: 'USE_EXISTING',
} as const;

/** Where an invitation's workflow runs, and where staff look at it. */
export interface InvitationHome {
  taskQueue: string;
  /** Origin of the console, without a slash at its end. */
  publicUrl: string;
}

export interface InvitationToStart {
  portalUserId: string;
  portalId: string;
  /** Of the link to mail first. */
  generation: number;
}

/**
 * How an invitation's workflow is started, by whoever starts it. A running one is left alone and a finished one may be
 * followed by another run (reactivation, a workflow that was terminated by hand): Postgres knows who still needs one.
 */
export function invitationStartOptions(
  { taskQueue, publicUrl }: InvitationHome,
  { portalUserId, portalId, generation }: InvitationToStart,
) {
  const args: [Link] = [{ portalUserId, generation }];
  return {
    workflowId: invitationWorkflowId(portalUserId),
    taskQueue,
    args,
    ...ONE_AT_A_TIME,
    typedSearchAttributes: new TypedSearchAttributes([
      { key: portalIdAttribute, value: portalId },
      { key: confirmationStatusAttribute, value: 'not_confirmed' },
    ]),
    staticSummary: `Invitation of portal user ${portalUserId}`,
    staticDetails: `[Open in the console](${publicUrl}${portalUserPath(portalUserId)})`,
  } as const;
}

/*
 * Signals start the workflow where there is none (it was terminated by hand, or Temporal's data was lost), so that a link
 * works and a button does what it says whatever happened to the run.
 */

/** Tells that the link of `generation` was used. */
export function confirmOptions(home: InvitationHome, invitation: InvitationToStart) {
  const request: ConfirmRequest = { generation: invitation.generation, actor: 'portal_user' };
  const signalArgs: [ConfirmRequest] = [request];
  return { ...invitationStartOptions(home, invitation), signal: SIGNALS.confirm, signalArgs };
}

/** Asks for a new link in place of that of `generation`, which a new run begins with. Done once, however often it is asked. */
export function reInviteOptions(home: InvitationHome, invitation: InvitationToStart, actor: Actor) {
  const signalArgs: [ReInviteRequest] = [{ supersedes: invitation.generation, actor }];
  return { ...invitationStartOptions(home, invitation), signal: SIGNALS.reInvite, signalArgs };
}

/** Takes access away before it was confirmed. */
export function deactivateOptions(home: InvitationHome, invitation: InvitationToStart, actor: Actor) {
  const signalArgs: [DeactivateRequest] = [{ actor }];
  return { ...invitationStartOptions(home, invitation), signal: SIGNALS.deactivate, signalArgs };
}
