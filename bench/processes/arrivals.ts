import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import type { Arrival } from './arrival.ts';

/** An e-mail that is not there by then is lost. */
const MAIL_LIMIT_MS = 20_000;

/** What arrives at the sink, for who waits for it. */
export interface Arrivals {
  /** The next e-mail to this address. @throws Error where none comes */
  next(to: string): Promise<Arrival>;
  close(): void;
}

/** Listens to the sink. */
export function listenToArrivals(port: number): Arrivals {
  const waiting = new Map<string, (arrival: Arrival) => void>();
  const socket = connect(port, '127.0.0.1').setNoDelay(true);
  createInterface(socket).on('line', (line) => {
    const arrival = JSON.parse(line) as Arrival;
    waiting.get(arrival.to)?.(arrival);
  });
  return {
    next(to) {
      return new Promise((resolve, reject) => {
        const tooLate = setTimeout(() => {
          waiting.delete(to);
          reject(new Error('An e-mail did not arrive.'));
        }, MAIL_LIMIT_MS);
        waiting.set(to, (arrival) => {
          clearTimeout(tooLate);
          waiting.delete(to);
          resolve(arrival);
        });
      });
    },
    close: () => void socket.destroy(),
  };
}
