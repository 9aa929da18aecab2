import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { openHostGate } from './host-gate.ts';
import { spawnOnLeash } from './leash.ts';
import { withLogFile } from './log-file.ts';
import { freePort, LOOPBACK } from './ports.ts';
import { commandLine } from './script.ts';
import { type SupervisedProcess, supervise } from './supervised-process.ts';

export type SearchAttributeType = 'Text' | 'Keyword' | 'Int' | 'Double' | 'Bool' | 'Datetime' | 'KeywordList';

export interface TemporalOptions {
  /** The Temporal CLI, see findTemporalBinary. */
  binary: string;
  port: number;
  uiPort: number;
  /** Absolute path of where workflows are kept; without it the server forgets them when it stops. Its folder must exist. */
  databaseFile?: string;
  /** Registered in the namespace `default`. */
  searchAttributes: Readonly<Record<string, SearchAttributeType>>;
  dynamicConfig?: Readonly<Record<string, string | number | boolean>>;
  logFile?: string;
  onEvent?: (line: string) => void;
  /** Gives up while starting. */
  signal?: AbortSignal;
}

export interface RunningTemporal extends SupervisedProcess {
  /** host:port of the gRPC frontend. */
  address: string;
  uiUrl: string;
}

const STOP_SIGNAL = 'SIGTERM';
/** A start takes 1 to 2 s; a machine busy compiling may need many times that. */
const START_LIMIT_MS = 60_000;
/** Its services drain in about a second. Every change is in its database before it is acknowledged, so a kill is safe. */
const STOP_LIMIT_MS = 3_000;
/** One attempt to reach the starting server. */
const ATTEMPT_LIMIT_MS = 2_000;
const READY_POLL_MS = 50;

/**
 * Starts the Temporal dev server and its web UI on the loopback interface and keeps it running until `stop`. The UI does not
 * look at the name it is called by, so that it is behind a gate, on a port of its own that changes. It stops by itself when this process ends. Resolves when the namespace and its search attributes answer. Throws a one-line Error
 * when it cannot start.
 */
export async function startTemporal(options: TemporalOptions): Promise<RunningTemporal> {
  const address = `${LOOPBACK}:${options.port}`;
  let uiPort = 0;
  await using started = new AsyncDisposableStack();
  started.defer(await openHostGate(options.uiPort, () => uiPort));
  const server = await supervise({
    name: 'Temporal',
    async launch() {
      if (options.databaseFile) await stopLeftoverTemporal(options.databaseFile);
      uiPort = await freePort();
      return launch({ ...options, uiPort });
    },
    ready: (_child, signal) => untilReady(address, Object.keys(options.searchAttributes), signal),
    stopSignal: STOP_SIGNAL,
    stopLimitMs: STOP_LIMIT_MS,
    startLimitMs: START_LIMIT_MS,
    logFile: options.logFile,
    onEvent: options.onEvent,
    signal: options.signal,
  });
  const gate = started.move();
  const stop = async () => {
    await gate.disposeAsync();
    await server.stop();
  };
  return { address, uiUrl: `http://localhost:${options.uiPort}`, stop };
}

function launch({
  binary,
  port,
  uiPort,
  databaseFile,
  searchAttributes,
  dynamicConfig,
  logFile,
}: TemporalOptions): ChildProcess {
  const args = [
    ...['server', 'start-dev', '--log-level', 'warn'],
    ...['--ip', LOOPBACK, '--port', String(port), '--ui-ip', LOOPBACK, '--ui-port', String(uiPort)],
    ...(databaseFile ? ['--db-filename', databaseFile] : []),
    ...Object.entries(searchAttributes).flatMap(([name, type]) => ['--search-attribute', `${name}=${type}`]),
    ...Object.entries(dynamicConfig ?? {}).flatMap(([key, value]) => [
      '--dynamic-config-value',
      `${key}=${JSON.stringify(value)}`,
    ]),
  ];
  const pidFile = databaseFile && temporalPidFile(databaseFile);
  const command = { command: binary, args, stopSignal: STOP_SIGNAL, pidFile } as const;
  return withLogFile(logFile, (output) => spawnOnLeash({ ...command, output }));
}

async function untilReady(address: string, searchAttributes: string[], signal: AbortSignal): Promise<void> {
  while (!(await answers(address, searchAttributes))) await sleep(READY_POLL_MS, undefined, { signal });
}

/** Whether the default namespace is there and knows the search attributes: the last of what a start sets up. */
async function answers(address: string, searchAttributes: string[]): Promise<boolean> {
  let connection: Connection | undefined;
  try {
    connection = await Connection.connect({ address, connectTimeout: ATTEMPT_LIMIT_MS });
    const query = searchAttributes.map((name) => `${name} IS NULL`).join(' AND ');
    await connection.withDeadline(Date.now() + ATTEMPT_LIMIT_MS, () =>
      connection!.workflowService.countWorkflowExecutions({ namespace: 'default', query }),
    );
    return true;
  } catch {
    return false; // not yet: supervise() limits how long that may go on
  } finally {
    await connection?.close();
  }
}

/**
 * What a Temporal server on one machine gains from, for this load (docs/performance.md has the figures). The same as in
 * `temporal-settings.yaml`, which docker-compose.yml hands to its server.
 */
export const TEMPORAL_SETTINGS = {
  /** One partition: a task finds the poller that waits for it, without being passed on. */
  'matching.numTaskqueueReadPartitions': 1,
  'matching.numTaskqueueWritePartitions': 1,
  /** Who completes a workflow task gets the activity that it begins with the answer. */
  'system.enableActivityEagerExecution': true,
  /**
   * What search attributes there are is asked once a minute: the dev server would ask its database some 20 times for each
   * workflow. One that is added to a running server is known within a minute.
   */
  'system.forceSearchAttributesCacheRefreshOnRead': false,
} as const;

/** Its services drain in a second or two; then a leftover is killed, which its database bears. */
const LEFTOVER_STOP_LIMIT_MS = 5_000;
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
  for (const killAt = Date.now() + LEFTOVER_STOP_LIMIT_MS; isLeftover(); await sleep(POLL_MS)) {
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
