import { type Client, WorkflowExecutionAlreadyStartedError, type WorkflowHandle } from '@temporalio/client';
import type { InvitationStarter } from '../activities/start-missing-invitations.ts';
import { reInviteSignal } from '../workflows/signals.ts';
import { type InvitationHome, invitationStartOptions, reInviteOptions } from '../workflows/start-options.ts';
import { INVITATION_WORKFLOW, invitationWorkflowId } from '../workflows/vocabulary.ts';

/**
 * Starts an invitation's workflow; one that runs and does not know the wanted generation is told to replace the one before (its
 * portal user's address was changed while the API could not say so, or the user was reactivated while the run was ending). One that
 * waits while the record has no answer to the e-mail gets the same signal: Postgres was restored from a backup, and a signal that
 * does not apply makes the workflow look. Safe to repeat.
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
      if (missing.isAnswered) return;
      const before = missing.generation - 1;
      if (before > 0 && !missing.isQueued) {
        // Also starts it: the run may have ended since.
        const options = reInviteOptions(home, { ...missing, generation: before }, 'temporal');
        await client.workflow.signalWithStart(INVITATION_WORKFLOW, options);
        return;
      }
      const handle = client.workflow.getHandle(invitationWorkflowId(missing.portalUserId));
      if (await isWaiting(handle)) await handle.signal(reInviteSignal, { supersedes: before });
    }
  };
}

/** For a timer or a signal, with nothing under way. */
async function isWaiting(handle: WorkflowHandle): Promise<boolean> {
  const { pendingActivities, pendingWorkflowTask } = (await handle.describe()).raw;
  return !pendingActivities?.length && !pendingWorkflowTask;
}
