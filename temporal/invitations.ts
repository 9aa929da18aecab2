import {
  type Client,
  WorkflowContinuedAsNewError,
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
  type WorkflowHandle,
} from '@temporalio/client';
import type { Invitations, InvitedUser } from '../commands/services.ts';
import type { ConfirmationStatus } from '../vocabulary/statuses.ts';
import { INVITATION_WORKFLOW, invitationWorkflowId, SIGNALS } from '../vocabulary/workflows.ts';
import type { TemporalProbe } from './connection.ts';
import { callWithDeadline, isTemporalDown } from './connection.ts';
import {
  confirmOptions,
  deactivateOptions,
  type InvitationHome,
  type InvitationToStart,
  invitationStartOptions,
  reInviteOptions,
} from './start-options.ts';

/** How long a caller waits for the workflow's result; usually milliseconds. */
const RESULT_DEADLINE_MS = 5_000;

/**
 * Starts and signals the workflows of invitations. Every call has a deadline, so that none waits for a server that is gone.
 *
 * @param probe told when Temporal cannot be reached
 */
export function createInvitations(client: Client, home: InvitationHome, probe?: TemporalProbe): Invitations {
  const invitationOf = ({ id, portal, generation }: InvitedUser) => ({
    portalUserId: id,
    portalId: portal.id,
    generation,
  });
  const signal = (options: SignalOptions) =>
    callWithDeadline(client, () =>
      client.workflow.signalWithStart(INVITATION_WORKFLOW, { ...options, followRuns: false }),
    );
  const startUnlessRunning = async (invitation: InvitationToStart): Promise<boolean> => {
    const options = { ...invitationStartOptions(home, invitation), workflowIdConflictPolicy: 'FAIL' } as const;
    try {
      await callWithDeadline(client, () => client.workflow.start(INVITATION_WORKFLOW, options));
      return true;
    } catch (error) {
      if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
      throw error;
    }
  };
  const signalForResult = async (options: SignalOptions) => {
    const first = await resultOf(client, await signal(options));
    if (first !== 'ended') return first;
    // its run was terminated before it recorded the signal: this starts another
    const second = await resultOf(client, await signal(options));
    return second === 'ended' ? 'pending' : second;
  };

  return {
    async start(user) {
      const options = invitationStartOptions(home, invitationOf(user));
      await callWithDeadline(client, () => client.workflow.start(INVITATION_WORKFLOW, options));
    },
    async startAgain(user, actor) {
      if (await startUnlessRunning(invitationOf(user))) return;
      await signal(reInviteOptions(home, invitationOf({ ...user, generation: user.generation - 1 }), actor));
    },
    async resume(missing) {
      if ((await startUnlessRunning(missing)) || missing.isAnswered) return;
      const before = missing.generation - 1;
      if (before > 0 && !missing.isQueued) {
        await signal(reInviteOptions(home, { ...missing, generation: before }, 'temporal')); // also starts it: the run may have ended since
        return;
      }
      const handle = client.workflow.getHandle(invitationWorkflowId(missing.portalUserId));
      await callWithDeadline(client, async () => {
        if (await isWaiting(handle)) await handle.signal(SIGNALS.reInvite, { supersedes: before });
      });
    },
    async reInvite(user, actor) {
      await signal(reInviteOptions(home, invitationOf(user), actor));
    },
    confirm: (user) => signalForResult(confirmOptions(home, invitationOf(user))),
    deactivate: (user, actor) => signalForResult(deactivateOptions(home, invitationOf(user), actor)),
    async isReachable() {
      try {
        await callWithDeadline(client, () => client.workflowService.getSystemInfo({}));
        probe?.worked();
        return true;
      } catch {
        void probe?.explain();
        return false;
      }
    },
  };
}

type SignalOptions = Parameters<Client['workflow']['signalWithStart']>[1];

/**
 * Of the run that received the signal. `not_confirmed`: the record had a newer link when the run had decided, and another run goes on
 * with that. `ended`: by hand, or with the portal user's rows, and without a decision.
 */
async function resultOf(client: Client, handle: WorkflowHandle): Promise<ConfirmationStatus | 'pending' | 'ended'> {
  try {
    return await client.withDeadline(Date.now() + RESULT_DEADLINE_MS, () => handle.result());
  } catch (error) {
    // The signal is safely with Temporal; whoever asks again reads the result from Postgres.
    if (isTemporalDown(error)) return 'pending';
    if (error instanceof WorkflowContinuedAsNewError) return 'not_confirmed';
    if (error instanceof WorkflowFailedError) return 'ended';
    throw error;
  }
}

/** For a timer or a signal, with nothing under way. */
async function isWaiting(handle: WorkflowHandle): Promise<boolean> {
  const { pendingActivities, pendingWorkflowTask } = (await handle.describe()).raw;
  return !pendingActivities?.length && !pendingWorkflowTask;
}
