import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { commandLine } from './command-line.ts';

/** Its services drain in a second or two; then a leftover is killed, which its database bears. */
const STOP_LIMIT_MS = 5_000;
const POLL_MS = 50;

/** Where the process number of the server that uses this database is kept. */
export function temporalPidFile(databaseFile: string): string {
  return `${databaseFile}.pid`;
}

/**
 * Stops a Temporal that still uses this database because everything that looked after it was killed. Two at once would leave
 * the newer one with a transaction it can never end ("cannot start a transaction within a transaction"). Safe to repeat.
 */
export async function stopLeftoverTemporal(databaseFile: string): Promise<void> {
  const pid = readPid(temporalPidFile(databaseFile));
  const isLeftover = () => commandLine(pid).includes(databaseFile);
  for (const killAt = Date.now() + STOP_LIMIT_MS; isLeftover(); await sleep(POLL_MS)) {
    process.kill(pid, Date.now() < killAt ? 'SIGTERM' : 'SIGKILL');
  }
}

function readPid(path: string): number {
  try {
    return Number(readFileSync(path, 'utf8'));
  } catch {
    return 0;
  }
}
