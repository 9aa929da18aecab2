import { defineSignal, setHandler } from '@temporalio/workflow';
import { recordIgnoredSignal } from './activity-policies.ts';
import { type Actor, type InvitationOutcome, SIGNALS, type SignalName } from './vocabulary.ts';

/** Arguments are optional throughout, so that an operator can signal by hand from the Temporal UI or CLI. */
export interface ConfirmRequest {
  /** Generation of the link that was used; absent: whichever is current. */
  generation?: number;
  actor?: Actor;
}
export interface ReInviteRequest {
  /** Generation whose link is to be replaced; absent: whichever is current. Makes a repeated request harmless. */
  supersedes?: number;
  actor?: Actor;
}
export interface DeactivateRequest {
  actor?: Actor;
}

export const confirmSignal = defineSignal<[ConfirmRequest?]>(SIGNALS.confirm);
export const reInviteSignal = defineSignal<[ReInviteRequest?]>(SIGNALS.reInvite);
export const deactivateSignal = defineSignal<[DeactivateRequest?]>(SIGNALS.deactivate);

/** How an invitation ends, and by whom. */
export interface Decision {
  outcome: InvitationOutcome;
  actor: Actor;
}

/** Where the signals have brought the invitation. Changed by nothing but the handlers below. */
export interface SignalledState {
  /** The generation that is to be mailed, or was. */
  generation: number;
  /** Who asked for the generation; absent for the one the invitation began with. */
  reInvitedBy?: Actor;
  /** The first decision stands. */
  decision?: Decision;
}

/**
 * Listens to the invitation's three signals. A signal that no longer applies (a superseded link's confirmation, a
 * repeated re-invite, anything after the decision) changes nothing and is recorded.
 */
export function listenToSignals(portalUserId: string, generation: number): SignalledState {
  const state: SignalledState = { generation };

  const ignore = (signal: SignalName, request: { actor?: Actor | undefined; generation?: number | undefined }) =>
    recordIgnoredSignal({
      portalUserId,
      signal,
      generation: request.generation ?? null,
      actor: request.actor ?? 'temporal',
    });

  setHandler(
    confirmSignal,
    async ({ generation = state.generation, actor = 'temporal' } = {}) => {
      if (state.decision !== undefined || generation !== state.generation) {
        return ignore('confirm', { generation, actor });
      }
      state.decision = { outcome: 'confirmed', actor };
    },
    { description: 'The portal user confirmed by the newest link. Ends the invitation.' },
  );

  setHandler(
    reInviteSignal,
    async ({ supersedes = state.generation, actor = 'temporal' } = {}) => {
      if (state.decision !== undefined || supersedes !== state.generation) {
        return ignore('reInvite', { generation: supersedes, actor });
      }
      state.generation += 1;
      state.reInvitedBy = actor;
    },
    { description: 'Mail a new confirmation link with full validity. Every earlier link is dead.' },
  );

  setHandler(
    deactivateSignal,
    async ({ actor = 'temporal' } = {}) => {
      if (state.decision !== undefined) return ignore('deactivate', { actor });
      state.decision = { outcome: 'deactivated', actor };
    },
    { description: 'Take the access away before it was confirmed. Ends the invitation.' },
  );

  return state;
}
