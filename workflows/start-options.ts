import { TypedSearchAttributes } from '@temporalio/common';
import { confirmationStatusAttribute, portalIdAttribute } from './search-attributes.ts';
import type { Link } from './signals.ts';
import { invitationWorkflowId } from './vocabulary.ts';

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
export function invitationStartOptions(taskQueue: string, { portalUserId, portalId, generation }: InvitationToStart) {
  const args: [Link] = [{ portalUserId, generation }];
  return {
    workflowId: invitationWorkflowId(portalUserId),
    taskQueue,
    args,
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    workflowIdConflictPolicy: 'USE_EXISTING',
    typedSearchAttributes: new TypedSearchAttributes([
      { key: portalIdAttribute, value: portalId },
      { key: confirmationStatusAttribute, value: 'not_confirmed' },
    ]),
    staticSummary: `Invitation of portal user ${portalUserId}`,
  } as const;
}
