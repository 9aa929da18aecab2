import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { spawnOnLeash } from './leash.ts';
import { withLogFile } from './log-file.ts';
import { LOOPBACK } from './ports.ts';
import { postgresAccount } from './postgres-account.ts';
import { type Cluster, createCluster, POSTGRES_DATABASE, POSTGRES_USER, postgresPrograms } from './postgres-cluster.ts';
import { ignoringStaleLock, readLock, stopLeftover } from './postgres-lock.ts';
import { type SupervisedProcess, supervise } from './supervised-process.ts';

export interface PostgresOptions {
  /** The cluster's own folder; created when missing. Its parent takes the log unless `logFile` says otherwise. */
  dataDir: string;
  port: number;
  password: string;
  /** For tests: nothing is written through to the disk, so a power cut loses data (a crash of Postgres does not). */
  fast?: boolean;
  logFile?: string;
  onEvent?: (line: string) => void;
  /** Gives up while starting. */
  signal?: AbortSignal;
}

export interface RunningPostgres extends SupervisedProcess {
  /** The project's database, as superuser of the cluster. */
  url: string;
}

/** Postgres calls it fast shutdown: ends the connections, then itself, in order. */
const STOP_SIGNAL = 'SIGINT';
/** Crash recovery of a small database takes seconds; a minute means that something else is wrong. */
const START_LIMIT_MS = 60_000;
/** A fast shutdown takes well under a second; being killed costs a crash recovery at the next start, not data. */
const STOP_LIMIT_MS = 3_000;
const READY_POLL_MS = 20;

const SMALL = ['shared_buffers=64MB', 'max_connections=200', 'io_method=sync', 'timezone=UTC', 'log_timezone=UTC'];
const LOOPBACK_ONLY = [`listen_addresses=${LOOPBACK}`, 'unix_socket_directories='];
/** The text of a failed statement and the details of its error quote values: names, addresses. */
const NO_VALUES_IN_LOG = ['log_min_error_statement=panic', 'log_error_verbosity=terse'];
/** Not synchronous_commit=off: that would lose commits when Postgres alone is killed, and gains nothing without fsync. */
const FAST = ['fsync=off', 'full_page_writes=off'];

/**
 * Starts the embedded Postgres on the loopback interface, creating its cluster and database first where they are missing,
 * and keeps it running until `stop`. It stops by itself when this process ends. A server left over on the same folder is
 * stopped first. Throws a one-line Error when it cannot start.
 */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const cluster = await describeCluster(options);
  const { dataDir } = cluster;
  await createCluster(cluster, options.password);
  let earlierLife: string | undefined;
  const server = await supervise({
    name: 'Postgres',
    launch() {
      stopLeftover(cluster);
      const stale = readLock(dataDir);
      earlierLife = stale?.life;
      return launch(cluster, options.port, ignoringStaleLock(stale));
    },
    ready: (_child, signal) => untilReady(dataDir, earlierLife, signal),
    stopSignal: STOP_SIGNAL,
    stopLimitMs: STOP_LIMIT_MS,
    startLimitMs: START_LIMIT_MS,
    logFile: cluster.logFile,
    onEvent: options.onEvent,
    signal: options.signal,
  });
  const authority = `${POSTGRES_USER}:${encodeURIComponent(options.password)}@${LOOPBACK}:${options.port}`;
  // Said, so that a PGSSLMODE that is meant for another server is not applied to this one.
  return { url: `postgresql://${authority}/${POSTGRES_DATABASE}?sslmode=disable`, stop: server.stop };
}

/**
 * Stops a Postgres left over on this folder because everything that looked after it was killed. Safe to repeat. Throws when
 * it does not stop.
 */
export async function stopLeftoverPostgres(dataDir: string): Promise<void> {
  if (existsSync(dataDir)) stopLeftover(await describeCluster({ dataDir }));
}

type ClusterOptions = Pick<PostgresOptions, 'dataDir' | 'fast' | 'logFile'>;

async function describeCluster({ dataDir: folder, fast = false, logFile }: ClusterOptions): Promise<Cluster> {
  const dataDir = resolve(folder);
  const parent = dirname(dataDir);
  mkdirSync(parent, { recursive: true });
  const programs = await postgresPrograms();
  const account = postgresAccount([programs.postgres, parent]);
  return { programs, account, dataDir, fast, logFile: logFile ?? join(parent, 'postgres.log') };
}

function launch(cluster: Cluster, port: number, extraEnv: NodeJS.ProcessEnv): ChildProcess {
  const { programs, account, dataDir, fast, logFile } = cluster;
  const settings = [...SMALL, ...LOOPBACK_ONLY, ...NO_VALUES_IN_LOG, ...(fast ? FAST : [])];
  const command = account.as(programs.postgres, [
    ...['-D', dataDir, '-p', String(port)],
    ...settings.flatMap((setting) => ['-c', setting]),
  ]);
  return withLogFile(logFile, (output) =>
    spawnOnLeash({ ...command, env: { ...process.env, ...extraEnv }, stopSignal: STOP_SIGNAL, output }),
  );
}

async function untilReady(dataDir: string, earlierLife: string | undefined, signal: AbortSignal): Promise<void> {
  for (;;) {
    const lock = readLock(dataDir);
    if (lock?.ready && lock.life !== earlierLife) return;
    await sleep(READY_POLL_MS, undefined, { signal });
  }
}
