import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  defineSignal,
  patched,
  setCurrentDetails,
  setDefaultSignalHandler,
  setHandler,
} from '@temporalio/workflow';
import type { IgnoredSignal, OlderRecord } from '../activities/contracts.ts';
import type { Actor } from '../vocabulary/events.ts';
import type { ConfirmationStatus, InvitationOutcome } from '../vocabulary/statuses.ts';
import {
  type ConfirmRequest,
  type DeactivateRequest,
  FAILURES,
  type Link,
  type ReInviteRequest,
  SIGNALS,
  type SignalName,
} from '../vocabulary/workflows.ts';
import { recordIgnoredSignal } from './activity-policies.ts';

/** Histories without this marker ignored a `deactivate` that came after a confirmation. */
const DEACTIVATE_AFTER_CONFIRM = 'deactivate-after-confirm';
/** Histories without this marker ignored a `reInvite` that came after a decision, even if the record had a newer link by then. */
const RE_INVITE_AFTER_DECISION = 're-invite-after-decision';

export const confirmSignal = defineSignal<[ConfirmRequest?]>(SIGNALS.confirm);
export const reInviteSignal = defineSignal<[ReInviteRequest?]>(SIGNALS.reInvite);
export const deactivateSignal = defineSignal<[DeactivateRequest?]>(SIGNALS.deactivate);

/** How an invitation ends, and by whom. */
export interface Decision {
  outcome: InvitationOutcome;
  actor: Actor;
}

/** What the signals have changed so far. */
export interface SignalledState {
  link: Link;
  /** Generation of the newest link whose e-mail is answered for, and known to be so in Postgres; absent until the first one is. */
  mailedGeneration?: number;
  /** The first decision. A later signal never changes it. */
  decision?: Decision;
  /** Who deactivated the user after the decision `confirmed`: it is recorded after the confirmation. */
  deactivatedBy?: Actor;
  /** Re-invites that came after the decision. The record says whether they apply, once the decision is recorded. */
  lateReInvites: LateReInvite[];
}

interface LateReInvite {
  supersedes: number;
  actor: Actor;
}

/**
 * Handles the invitation's three signals, in the order of their arrival. A signal that no longer applies (a superseded link's
 * confirmation, a repeated re-invite, any signal after a deactivation) changes nothing and is recorded.
 *
 * The handlers never throw: two failures in one workflow task would make two commands that end the workflow, which the
 * server rejects for ever.
 */
export function listenToSignals(firstLink: Link): SignalledState {
  const state: SignalledState = { link: firstLink, lateReInvites: [] };

  async function receive(signal: SignalName, request: ConfirmRequest & ReInviteRequest = {}): Promise<void> {
    const { portalUserId, generation: current } = state.link;
    const { generation = current, supersedes = current, actor = 'temporal' } = request;
    const open = state.decision === undefined;

    if (signal === 'confirm' && open && generation === current) {
      state.decision = { outcome: 'confirmed', actor };
    } else if (signal === 'deactivate' && open) {
      state.decision = { outcome: 'deactivated', actor };
    } else if (signal === 'deactivate' && mayStillDeactivate(state) && patched(DEACTIVATE_AFTER_CONFIRM)) {
      state.deactivatedBy = actor;
    } else if (signal === 'reInvite' && open && supersedes >= current) {
      state.link = { portalUserId, generation: supersedes + 1, requestedBy: actor };
    } else if (signal === 'reInvite' && !open && patched(RE_INVITE_AFTER_DECISION)) {
      state.lateReInvites.push({ supersedes, actor });
    } else {
      const { link } = state;
      const olderRecord = await recordIgnored({
        portalUserId,
        signal,
        generation: signal === 'confirm' ? generation : supersedes,
        actor,
        ...(open && { currentGeneration: current, mailedGeneration: state.mailedGeneration }),
      });
      if (olderRecord === undefined) return;
      followRecord(state, link, olderRecord);
      await receive(signal, { ...request, generation, supersedes });
    }
  }

  // What arrived before this line is waiting, and each handler below would take out its own kind only: keep their order.
  setDefaultSignalHandler((name, request) => {
    if (name in SIGNALS) return receive(name as SignalName, request as ConfirmRequest & ReInviteRequest);
  });
  setHandler(confirmSignal, (request) => receive('confirm', request), {
    description: 'The portal user confirmed by the newest link. Ends the invitation.',
  });
  setHandler(reInviteSignal, (request) => receive('reInvite', request), {
    description: 'Mail a new confirmation link with full validity. Every earlier link is dead.',
  });
  setHandler(deactivateSignal, (request) => receive('deactivate', request), {
    description: 'Take the access away, also if the confirmation was first. Ends the invitation.',
  });
  setDefaultSignalHandler(undefined);
  return state;
}

function mayStillDeactivate({ decision, deactivatedBy }: SignalledState): boolean {
  return decision?.outcome === 'confirmed' && deactivatedBy === undefined;
}

/** Begins again with the link that Postgres has: it was restored from a backup that is older than this workflow. */
export function followRecord(state: SignalledState, link: Link, { generation }: OlderRecord): void {
  if (state.link !== link) return; // something newer was asked for meanwhile
  state.link = { portalUserId: link.portalUserId, generation };
  delete state.mailedGeneration;
}

/**
 * The link to go on with after the decision, if the record has a newer one than `link` by now and its user is Not Confirmed: the
 * address was corrected before the confirmation was recorded, or the user was reactivated after the deactivation. A late re-invite that
 * the record knows nothing of is ignored, and recorded.
 */
export async function linkAfterDecision(
  { portalUserId, generation: current }: Link,
  { supersedes, actor }: LateReInvite,
): Promise<Link | undefined> {
  const ignored = {
    portalUserId,
    signal: 'reInvite',
    generation: supersedes,
    actor,
    currentGeneration: current,
  } as const;
  const record = await recordIgnored(ignored);
  if (record === undefined) return undefined;
  if (supersedes + 1 < record.generation) return { portalUserId, generation: record.generation };
  return { portalUserId, generation: supersedes + 1, requestedBy: actor };
}

/** Not cancellable: a workflow that is cancelled by hand still records what it ignored. */
async function recordIgnored(signal: IgnoredSignal): Promise<OlderRecord | undefined> {
  try {
    return (await CancellationScope.nonCancellable(() => recordIgnoredSignal(signal))) ?? undefined;
  } catch (error) {
    if (!isErased(error)) throw error;
    return undefined; // the timeline was erased with its portal user
  }
}

function isErased(error: unknown): boolean {
  const cause = error instanceof ActivityFailure ? error.cause : undefined;
  return cause instanceof ApplicationFailure && cause.type === FAILURES.portalUserErased;
}

const NAMES: Record<ConfirmationStatus, string> = {
  not_confirmed: 'Not Confirmed',
  confirmed: 'Confirmed',
  deactivated: 'Deactivated',
};

/** What the workflow's page in the Temporal UI says of the invitation from now on. Costs no event. */
export function tellOperators(link: Link, next: string, status: ConfirmationStatus = 'not_confirmed'): void {
  setCurrentDetails(`**${NAMES[status]}.** Confirmation link ${link.generation}. Next: ${next}.`);
}
