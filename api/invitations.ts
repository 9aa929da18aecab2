import {
  type Client,
  WorkflowContinuedAsNewError,
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
  type WorkflowHandle,
} from '@temporalio/client';
import type { PortalUser } from '../db/entities/index.ts';
import {
  confirmOptions,
  deactivateOptions,
  type InvitationHome,
  invitationStartOptions,
  reInviteOptions,
} from '../workflows/start-options.ts';
import { type Actor, type ConfirmationStatus, INVITATION_WORKFLOW } from '../workflows/vocabulary.ts';
import { isTemporalDown, taken } from './temporal-deadline.ts';
import type { TemporalProbe } from './temporal-probe.ts';

/** How long a caller waits for the workflow's result; usually milliseconds. */
const RESULT_DEADLINE_MS = 5_000;

/** The API's side of the invitations' workflows. */
export interface Invitations {
  /** Starts the workflow. Safe to repeat. @throws Problem `unavailable` */
  start(user: PortalUser): Promise<void>;
  /**
   * Starts another run for a user who was reactivated. A run that is just ending is told of the new link and goes on with it.
   * Safe to repeat. @throws Problem `unavailable`
   */
  startAgain(user: PortalUser, actor: Actor): Promise<void>;
  /** Asks for a new link in place of generation `supersedes`. Safe to repeat: done once. @throws Problem `unavailable` */
  reInvite(user: PortalUser, supersedes: number, actor: Actor): Promise<void>;
  /** Tells that the link was used and waits a few seconds for what came of it. @throws Problem `unavailable` */
  confirm(user: PortalUser): Promise<ConfirmationStatus | 'pending'>;
  /** Takes access away and waits a few seconds for what came of it. @throws Problem `unavailable` */
  deactivate(user: PortalUser, actor: Actor): Promise<ConfirmationStatus | 'pending'>;
  /** Whether Temporal answers. */
  isReachable(): Promise<boolean>;
}

/**
 * The API's side of Temporal, with deadlines: a call never waits for a server that is gone.
 *
 * @param probe told when Temporal cannot be reached
 */
export function createInvitations(client: Client, home: InvitationHome, probe?: TemporalProbe): Invitations {
  const of = (user: PortalUser, generation = user.generation) => ({
    portalUserId: user.id,
    portalId: user.portal.id,
    generation,
  });
  const signal = (options: SignalOptions) =>
    taken(client, () => client.workflow.signalWithStart(INVITATION_WORKFLOW, { ...options, followRuns: false }));
  const decide = async (options: SignalOptions) => {
    const first = await result(client, await signal(options));
    if (first !== 'ended') return first;
    // its run was terminated before it recorded the signal: this starts another
    const second = await result(client, await signal(options));
    return second === 'ended' ? 'pending' : second;
  };

  return {
    async start(user) {
      const options = invitationStartOptions(home, of(user));
      await taken(client, () => client.workflow.start(INVITATION_WORKFLOW, options));
    },
    async startAgain(user, actor) {
      const options = { ...invitationStartOptions(home, of(user)), workflowIdConflictPolicy: 'FAIL' } as const;
      try {
        await taken(client, () => client.workflow.start(INVITATION_WORKFLOW, options));
      } catch (error) {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
        await signal(reInviteOptions(home, of(user, user.generation - 1), actor));
      }
    },
    async reInvite(user, supersedes, actor) {
      await signal(reInviteOptions(home, of(user, supersedes), actor));
    },
    confirm: (user) => decide(confirmOptions(home, of(user))),
    deactivate: (user, actor) => decide(deactivateOptions(home, of(user), actor)),
    async isReachable() {
      try {
        await taken(client, () => client.workflowService.getSystemInfo({}));
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
async function result(client: Client, handle: WorkflowHandle): Promise<ConfirmationStatus | 'pending' | 'ended'> {
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
