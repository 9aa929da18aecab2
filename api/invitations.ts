import { type Client, isGrpcServiceError, WorkflowFailedError } from '@temporalio/client';
import type { PortalUser } from '../db/entities/index.ts';
import {
  type ConfirmRequest,
  confirmSignal,
  type DeactivateRequest,
  deactivateSignal,
  type ReInviteRequest,
  reInviteSignal,
} from '../workflows/signals.ts';
import { invitationStartOptions } from '../workflows/start-options.ts';
import {
  type Actor,
  type ConfirmationStatus,
  INVITATION_WORKFLOW,
  invitationWorkflowId,
} from '../workflows/vocabulary.ts';
import { Problem } from './problem.ts';

/** Temporal has this long to take a start or a signal: a call answers 503 within 2 s. */
const TAKE_DEADLINE_MS = 1_000;
/** How long a caller waits for the workflow's result; usually milliseconds. */
const RESULT_DEADLINE_MS = 5_000;
const RETRY_AFTER_SECONDS = 5;

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
 * Signals start the workflow where there is none (it was terminated by hand, or Temporal's data was lost), so that a
 * link works and a button does what it says whatever happened to the run.
 */
export function createInvitations(client: Client, taskQueue: string): Invitations {
  const options = (user: PortalUser, generation = user.generation) =>
    invitationStartOptions(taskQueue, { portalUserId: user.id, portalId: user.portal.id, generation });

  return {
    async start(user) {
      await taken(client, () => client.workflow.start(INVITATION_WORKFLOW, options(user)));
    },
    async reInvite(user, supersedes, actor) {
      const signal = { signal: reInviteSignal, signalArgs: [{ supersedes, actor }] as [ReInviteRequest] };
      const start = options(user, supersedes); // a new run begins with the old link, and the signal replaces it
      await taken(client, () => client.workflow.signalWithStart(INVITATION_WORKFLOW, { ...start, ...signal }));
    },
    async confirm(user) {
      const request = { generation: user.generation, actor: 'portal_user' } as const;
      const signal = { signal: confirmSignal, signalArgs: [request] as [ConfirmRequest] };
      await taken(client, () => client.workflow.signalWithStart(INVITATION_WORKFLOW, { ...options(user), ...signal }));
      return result(client, user);
    },
    async deactivate(user, actor) {
      const signal = { signal: deactivateSignal, signalArgs: [{ actor }] as [DeactivateRequest] };
      await taken(client, () => client.workflow.signalWithStart(INVITATION_WORKFLOW, { ...options(user), ...signal }));
      return result(client, user);
    },
    async isReachable() {
      try {
        await taken(client, () => client.workflowService.getSystemInfo({}));
        return true;
      } catch {
        return false;
      }
    },
  };
}

async function taken<T>(client: Client, call: () => Promise<T>): Promise<T> {
  try {
    return await client.withDeadline(Date.now() + TAKE_DEADLINE_MS, call);
  } catch (error) {
    if (!isTemporalDown(error)) throw error;
    throw new Problem('unavailable', {
      detail: 'Temporal does not answer at the moment. Try again in a few seconds.',
      retryAfter: RETRY_AFTER_SECONDS,
    });
  }
}

async function result(client: Client, user: PortalUser): Promise<ConfirmationStatus | 'pending'> {
  const handle = client.workflow.getHandle(invitationWorkflowId(user.id));
  try {
    return await client.withDeadline(Date.now() + RESULT_DEADLINE_MS, () => handle.result());
  } catch (error) {
    // The signal is safely with Temporal; whoever asks again reads the result from Postgres.
    if (isTemporalDown(error) || error instanceof WorkflowFailedError) return 'pending';
    throw error;
  }
}

/** gRPC's CANCELLED, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED and UNAVAILABLE: no answer, or none just now. */
const DOWN_CODES = new Set([1, 4, 8, 14]);

function isTemporalDown(error: unknown): boolean {
  const cause = (error as Error).cause ?? error;
  return isGrpcServiceError(cause) && DOWN_CODES.has(cause.code);
}
