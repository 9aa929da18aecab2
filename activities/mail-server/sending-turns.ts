import { EventEmitter, once } from 'node:events';

export interface SendingLimits {
  /** Sends under way at a time. */
  ofMailServer: number;
  ofPortal: number;
  /** How long a send waits for its turn. */
  patienceMs: number;
  /** A send that takes longer than this may hang. */
  slowMs: number;
}

/**
 * Of one worker. A portal whose recipients' mail servers hang leaves connections to the other portals. Mail servers limit
 * the connections of a client too, often to 20.
 */
export const SENDING_LIMITS: SendingLimits = { ofMailServer: 20, ofPortal: 15, patienceMs: 2_000, slowMs: 30_000 };

export interface Turn {
  /** @param replied whether the mail server replied, whatever it said */
  end(replied: boolean): void;
}

/** Sends under way to the mail server, or of one portal. */
interface Lane {
  limit: number;
  startedAt: Set<{ at: number }>;
  lastStartAt: number;
  lastReplyAt: number;
}

/**
 * Limits the sends under way to the mail server and of each portal.
 *
 * A mail server may be waited for during minutes, and that of a hanging one, once it works again, too. So a full lane lets
 * one more send try every `slowMs`; when the mail server replies to it, the sends that were slow already count no longer.
 * A plain semaphore would stay shut until the last hanging send has timed out.
 */
export class SendingTurns {
  private readonly limits: SendingLimits;
  private readonly ended = new EventEmitter().setMaxListeners(0);
  private readonly mailServer: Lane;
  private readonly portals = new Map<string, Lane>();

  constructor(limits: SendingLimits = SENDING_LIMITS) {
    this.limits = limits;
    this.mailServer = newLane(limits.ofMailServer);
  }

  /** Waits for the turn of a portal's send. @returns undefined if it did not come in time, or `signal` fired */
  async wait(portalId: string, signal: AbortSignal): Promise<Turn | undefined> {
    const patience = AbortSignal.any([signal, AbortSignal.timeout(this.limits.patienceMs)]);
    while (!patience.aborted) {
      const turn = this.tryBegin(portalId);
      if (turn !== undefined) return turn;
      await once(this.ended, 'ended', { signal: patience }).catch(() => {});
    }
    return undefined;
  }

  private tryBegin(portalId: string): Turn | undefined {
    const portal = this.portals.get(portalId) ?? newLane(this.limits.ofPortal);
    const lanes = [this.mailServer, portal];
    const at = Date.now();
    if (!lanes.every((lane) => this.hasRoom(lane, at))) return undefined;

    this.portals.set(portalId, portal);
    const start = { at };
    for (const lane of lanes) {
      lane.startedAt.add(start);
      lane.lastStartAt = at;
    }
    return {
      end: (replied) => {
        for (const lane of lanes) {
          lane.startedAt.delete(start);
          if (replied) lane.lastReplyAt = Date.now();
        }
        if (portal.startedAt.size === 0) this.portals.delete(portalId);
        this.ended.emit('ended');
      },
    };
  }

  private hasRoom({ limit, startedAt, lastStartAt, lastReplyAt }: Lane, now: number): boolean {
    const { slowMs } = this.limits;
    if (startedAt.size < limit) return true;
    const counted = [...startedAt].filter(({ at }) => lastReplyAt < at + slowMs);
    return counted.length < limit || now > lastStartAt + slowMs;
  }
}

function newLane(limit: number): Lane {
  return { limit, startedAt: new Set(), lastStartAt: 0, lastReplyAt: 0 };
}
