import { defineSignal, setDefaultSignalHandler, setHandler } from '@temporalio/workflow';
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

/** A confirmation link, and whose it is. Also the input of the workflow. */
export interface Link {
  portalUserId: string;
  /** Counts the portal user's links from 1; only the newest one works. */
  generation: number;
  /** Who asked for it; absent for the first. */
  requestedBy?: Actor;
}

/** How an invitation ends, and by whom. */
export interface Decision {
  outcome: InvitationOutcome;
  actor: Actor;
}

/** Where the signals have brought the invitation. Changed by signals only. */
export interface SignalledState {
  link: Link;
  /** The first decision stands. */
  decision?: Decision;
}

/**
 * Listens to the invitation's three signals, in the order of their arrival. One that no longer applies (a superseded link's
 * confirmation, a repeated re-invite, anything after the decision) changes nothing and is recorded.
 */
export function listenToSignals(firstLink: Link): SignalledState {
  const state: SignalledState = { link: firstLink };

  async function receive(signal: SignalName, request: ConfirmRequest & ReInviteRequest = {}): Promise<void> {
    const { portalUserId, generation: current } = state.link;
    const { generation = current, supersedes = current, actor = 'temporal' } = request;
    const open = state.decision === undefined;

    if (signal === 'confirm' && open && generation === current) {
      state.decision = { outcome: 'confirmed', actor };
    } else if (signal === 'deactivate' && open) {
      state.decision = { outcome: 'deactivated', actor };
    } else if (signal === 'reInvite' && open && supersedes >= current) {
      state.link = { portalUserId, generation: supersedes + 1, requestedBy: actor };
    } else {
      const of = signal === 'confirm' ? generation : supersedes;
      await recordIgnoredSignal({ portalUserId, signal, generation: of, actor });
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
    description: 'Take the access away before it was confirmed. Ends the invitation.',
  });
  setDefaultSignalHandler(undefined);
  return state;
}
