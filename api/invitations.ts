import { type Client, WorkflowFailedError } from '@temporalio/client';
import type { PortalUser } from '../db/entities/index.ts';
import {
  confirmOptions,
  deactivateOptions,
  type InvitationHome,
  invitationStartOptions,
  reInviteOptions,
} from '../workflows/start-options.ts';
import {
  type Actor,
  type ConfirmationStatus,
  INVITATION_WORKFLOW,
  invitationWorkflowId,
} from '../workflows/vocabulary.ts';
import { isTemporalDown, taken } from './temporal-deadline.ts';
import type { TemporalProbe } from './temporal-probe.ts';

/** How long a caller waits for the workflow's result; usually milliseconds. */
const RESULT_DEADLINE_MS = 5_000;

/** The API's side of the invitations' workflows. */
export interface Invitations {
  /** Starts the workflow. Safe to repeat. @throws Problem `unavailable` */
  start(user: PortalUser): Promise<void>;
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
    taken(client, () => client.workflow.signalWithStart(INVITATION_WORKFLOW, options));
  const decide = async (user: PortalUser, options: SignalOptions) => {
    await signal(options);
    const first = await result(client, user);
    if (first !== 'ended') return first;
    await signal(options); // its run was terminated before it recorded the signal: this starts another
    const second = await result(client, user);
    return second === 'ended' ? 'pending' : second;
  };

  return {
    async start(user) {
      const options = invitationStartOptions(home, of(user));
      await taken(client, () => client.workflow.start(INVITATION_WORKFLOW, options));
    },
    async reInvite(user, supersedes, actor) {
      await signal(reInviteOptions(home, of(user, supersedes), actor));
    },
    confirm: (user) => decide(user, confirmOptions(home, of(user))),
    deactivate: (user, actor) => decide(user, deactivateOptions(home, of(user), actor)),
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

/** `ended`: by hand, or with the portal user's rows, and without a decision. */
async function result(client: Client, user: PortalUser): Promise<ConfirmationStatus | 'pending' | 'ended'> {
  const handle = client.workflow.getHandle(invitationWorkflowId(user.id));
  try {
    return await client.withDeadline(Date.now() + RESULT_DEADLINE_MS, () => handle.result());
  } catch (error) {
    // The signal is safely with Temporal; whoever asks again reads the result from Postgres.
    if (isTemporalDown(error)) return 'pending';
    if (error instanceof WorkflowFailedError) return 'ended';
    throw error;
  }
}
