import type { Request, RequestHandler } from 'express';
import { type Network, networksOf } from '../commands/sign-in/rate-limiter.ts';
import { Refusal } from '../vocabulary/refusal.ts';

/** Whom the bytes of a body are counted for. */
export type Sender = 'signed_in' | 'anonymous';

export interface BodyLimits {
  /** Bytes of bodies that this process has in memory at a time: of signed-in senders, of all others, of one network of these. */
  signedInBytes: number;
  anonymousBytes: number;
  networkBytes: number;
  /** In every window of this length at least so many bytes arrive. */
  windowMs: number;
  bytesPerWindow: number;
  /** All of a body arrives within this time. */
  deadlineMs: number;
}

/**
 * Four uploads of the largest size at once; anonymous forms are small. A phone that changes networks is silent for some ten
 * seconds, and the slowest mobile networks bring 2 kB/s. The deadline is below the one of Node's server, which answers without
 * words (`requestTimeout`, 300 s).
 */
export const BODY_LIMITS: BodyLimits = {
  signedInBytes: 210_000_000,
  anonymousBytes: 16_000_000,
  networkBytes: 4_000_000,
  windowMs: 15_000,
  bytesPerWindow: 15_000,
  deadlineMs: 240_000,
};

const RETRY_AFTER_SECONDS = 10;

/** Reading of request bodies, for all requests of a process together. */
export interface Bodies {
  /**
   * A middleware that reads a body, kept within the limits: `request_timeout` for a body that is too slow, after which the
   * connection is closed, and `unavailable` where there is no room. Room is held until the request is answered.
   *
   * @param keeps bytes that the reader keeps of any body: what it discards, as all readers do beyond their limit, needs no room
   */
  within(sender: Sender | ((request: Request) => Sender), read: RequestHandler, keeps: number): RequestHandler;
}

export function createBodies(limits: BodyLimits = BODY_LIMITS): Bodies {
  const room = createRoom(limits);
  return {
    within: (sender, read, keeps) => (request, response, next) => {
      let stop: (() => void) | undefined;
      let isOver = false;
      const finish = (error?: unknown) => {
        if (isOver) return;
        isOver = true;
        stop?.();
        next(error);
      };
      const giveUp = (problem: Refusal) => {
        request.unpipe().removeAllListeners('data').resume(); // the rest is discarded
        if (problem.code === 'request_timeout') response.set('Connection', 'close');
        finish(problem);
      };
      read(request, response, finish);
      const isReading = !isOver && request.readableFlowing === true;
      if (!isReading) return; // no body, or another reader's

      const holding = room.enter(typeof sender === 'function' ? sender(request) : sender, request);
      response.once('close', holding.leave);
      let [held, arrived] = [0, 0];
      const count = ({ length }: Buffer) => {
        arrived += length;
        const more = Math.min(length, keeps - held);
        held += more;
        if (!holding.take(more)) giveUp(noRoom());
      };
      const check = () => {
        if (arrived < limits.bytesPerWindow) giveUp(tooSlow());
        arrived = 0;
      };
      request.on('data', count);
      const timers = [setInterval(check, limits.windowMs), setTimeout(() => giveUp(tooSlow()), limits.deadlineMs)];
      stop = () => {
        request.off('data', count);
        for (const timer of timers) clearTimeout(timer);
      };
    },
  };
}

/** What bodies hold at the moment. */
function createRoom({ signedInBytes, anonymousBytes, networkBytes }: BodyLimits) {
  const all: Record<Sender, number> = { signed_in: 0, anonymous: 0 };
  const most: Record<Sender, number> = { signed_in: signedInBytes, anonymous: anonymousBytes };
  const byNetwork = new Map<string, number>();

  return {
    enter(sender: Sender, { ip }: Request) {
      const networks = sender === 'signed_in' ? [] : networksOf(ip);
      let held = 0;
      const add = (bytes: number) => {
        held += bytes;
        all[sender] += bytes;
        for (const { name } of networks) {
          const ofNetwork = (byNetwork.get(name) ?? 0) + bytes;
          if (ofNetwork > 0) byNetwork.set(name, ofNetwork);
          else byNetwork.delete(name);
        }
      };
      const hasRoom = ({ name, share }: Network) => (byNetwork.get(name) ?? 0) <= networkBytes * share;
      return {
        take(bytes: number): boolean {
          add(bytes);
          return all[sender] <= most[sender] && networks.every(hasRoom);
        },
        leave: () => add(-held),
      };
    },
  };
}

function noRoom(): Refusal {
  return new Refusal('unavailable', {
    detail: 'Too much is being sent to this server at the moment. Try again in some seconds.',
    retryAfter: RETRY_AFTER_SECONDS,
  });
}

function tooSlow(): Refusal {
  return new Refusal('request_timeout', { detail: 'The connection was too slow, or stopped. Send it again.' });
}
