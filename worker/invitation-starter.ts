import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { InvitationStarter } from '../activities/start-missing-invitations.ts';
import { reInviteSignal } from '../workflows/signals.ts';
import { type InvitationHome, invitationStartOptions } from '../workflows/start-options.ts';
import { INVITATION_WORKFLOW, invitationWorkflowId } from '../workflows/vocabulary.ts';

/**
 * Starts an invitation's workflow; one that runs and does not know the wanted generation is told to replace the one before
 * (its portal user's address was changed while the API could not say so). Safe to repeat.
 */
export function createInvitationStarter(client: Client, home: InvitationHome): InvitationStarter {
  return async (missing) => {
    try {
      await client.workflow.start(INVITATION_WORKFLOW, {
        ...invitationStartOptions(home, missing),
        workflowIdConflictPolicy: 'FAIL',
      });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      if (missing.generation === 1 || missing.isQueued) return;
      const handle = client.workflow.getHandle(invitationWorkflowId(missing.portalUserId));
      await handle.signal(reInviteSignal, { supersedes: missing.generation - 1 });
    }
  };
}
