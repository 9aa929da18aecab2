import { type Client, isGrpcServiceError, WorkflowContinuedAsNewError, WorkflowFailedError } from '@temporalio/client';
import type { InvitationSignals } from '../activities/bulk-action/act-on-portal-users.ts';
import { deactivateOptions, type InvitationHome, reInviteOptions } from '../workflows/start-options.ts';
import { INVITATION_WORKFLOW } from '../workflows/vocabulary.ts';

/** How long a row waits for its workflow's result; usually milliseconds. */
const RESULT_DEADLINE_MS = 5_000;

/** Signals invitations from within an activity, whose retries outlast Temporal's outages. */
export function createInvitationSignals(client: Client, home: InvitationHome): InvitationSignals {
  return {
    async reInvite(invitation, actor) {
      await client.workflow.signalWithStart(INVITATION_WORKFLOW, reInviteOptions(home, invitation, actor));
    },
    async deactivate(invitation, actor) {
      const options = { ...deactivateOptions(home, invitation, actor), followRuns: false };
      const handle = await client.workflow.signalWithStart(INVITATION_WORKFLOW, options);
      try {
        return await client.withDeadline(Date.now() + RESULT_DEADLINE_MS, () => handle.result());
      } catch (error) {
        if (error instanceof WorkflowContinuedAsNewError) return 'not_confirmed'; // reactivated since
        if (error instanceof WorkflowFailedError || isOutOfTime(error)) return 'pending';
        throw error;
      }
    },
  };
}

/** gRPC's CANCELLED and DEADLINE_EXCEEDED: the signal is taken, its result not there yet. */
function isOutOfTime(error: unknown): boolean {
  const cause = (error as Error).cause ?? error;
  return isGrpcServiceError(cause) && (cause.code === 1 || cause.code === 4);
}
