import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cluster } from './postgres-cluster.ts';
import { commandLine } from './script.ts';

/** What a running Postgres says of itself in its folder (`postmaster.pid`). */
export interface PostgresLock {
  pid: number;
  /** Tells one life of the server from the next. */
  life: string;
  ready: boolean;
}

/** What `pg_ctl stop` waits for; as long as the whole of our own stopping may take. */
const STOP_LEFTOVER_SECONDS = 10;

/** The lock in a cluster's folder, or undefined when there is none. A crashed server leaves its lock behind. */
export function readLock(dataDir: string): PostgresLock | undefined {
  try {
    // https://www.postgresql.org/docs/current/storage-file-layout.html; pg_ctl waits for line 8 in the same way
    const lines = readFileSync(join(dataDir, 'postmaster.pid'), 'utf8').split('\n');
    return { pid: Number(lines[0]), life: `${lines[0]} ${lines[2]}`, ready: lines[7]?.trim() === 'ready' };
  } catch {
    return undefined;
  }
}

/**
 * Stops a Postgres that still runs on the cluster's folder because everything that looked after it was killed. Safe to
 * repeat. Throws when it does not stop.
 */
export function stopLeftover({ programs, account, dataDir }: Cluster): void {
  const lock = readLock(dataDir);
  if (!lock || !isPostgres(lock.pid)) return;
  const wait = ['-m', 'fast', '-w', '-t', String(STOP_LEFTOVER_SECONDS)];
  const { command, args, ...identity } = account.as(programs.pg_ctl, ['stop', '-D', dataDir, ...wait]);
  spawnSync(command, args, { ...identity, cwd: '/', stdio: 'ignore' });
  if (isPostgres(lock.pid)) throw new Error(`Postgres (process ${lock.pid}) on ${dataDir} does not stop.`);
}

/**
 * What makes Postgres take a lock for stale although its process number is in use: by another program (after a reboot, in a
 * restarted container) or by a dead process that nobody buries. Call it after `stopLeftover`. Postgres still looks for other
 * processes on the same memory, which it would not if the lock were simply deleted.
 */
export function ignoringStaleLock(lock: PostgresLock | undefined): NodeJS.ProcessEnv {
  // as pg_ctl does: https://github.com/postgres/postgres/blob/REL_18_STABLE/src/backend/utils/init/miscinit.c (CreateLockFile)
  return lock ? { PG_GRANDPARENT_PID: String(lock.pid) } : {};
}

function isPostgres(pid: number): boolean {
  return commandLine(pid).includes('postgres');
}
