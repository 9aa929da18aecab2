import { Piscina } from 'piscina';
import { workQueue } from '../../work-queue.ts';
import type { MeterTask } from './judge-password.ts';

/** An idle thread ends after this and frees its dictionaries, some 100 MB. */
const IDLE_TIMEOUT_MS = 30_000;
/** One at a time, and as many waiting as are through within seconds: one takes some 20 ms, a hostile one ten times that. */
const inTurn = workQueue({ atOnce: 1, waiting: 100 });

let threads: Piscina<MeterTask, boolean> | undefined;

/**
 * Whether a password is easy to guess, estimated in a worker thread. The thread starts with the first call, and does not keep
 * the process alive when idle.
 *
 * @throws Refusal `unavailable` where too many are waiting
 */
export async function isEasyToGuess(password: string, ownWords: string[]): Promise<boolean> {
  return inTurn(() => {
    threads ??= new Piscina({
      filename: new URL('./judge-password.ts', import.meta.url).href,
      maxThreads: 1,
      minThreads: 0,
      idleTimeout: IDLE_TIMEOUT_MS,
      env: {}, // the thread needs no secrets
      execArgv: [], // nor what Jest or `npm test` preloads
    });
    return threads.run({ password, ownWords });
  });
}
