import { once } from 'node:events';
import { join } from 'node:path';
import { spawnOnLeash } from './leash.ts';
import { failureLine, logFile, withLogFile } from './log-file.ts';
import { type Script, startScript } from './script.ts';
import { startTogether } from './servers.ts';
import { PROJECT_ROOT } from './settings.ts';
import { stopGroup } from './supervised-process.ts';

export interface ApplicationOptions {
  dataDir: string;
  /** All that migration, worker and API are told. */
  env: NodeJS.ProcessEnv;
  onEvent: (line: string) => void;
  /** Gives up while starting. */
  signal: AbortSignal;
}

/** Requests under way are answered within this; longer ones are cut. */
const API_STOP_LIMIT_MS = 2_500;
/** Above the worker's own limit for e-mails under way (DRAIN_SECONDS); without any it stops at once. */
const WORKER_STOP_LIMIT_MS = 30_000;
/** What an interrupted migration gets to roll back. */
const MIGRATION_STOP_LIMIT_MS = 1_000;

/** Brings the schema of DATABASE_URL up to date. Throws a one-line Error when that fails. Safe to repeat. */
export async function migrateDatabase({ dataDir, env, signal }: ApplicationOptions): Promise<void> {
  signal.throwIfAborted();
  const log = logFile(dataDir, 'migration');
  const command = {
    command: process.execPath,
    args: [join(PROJECT_ROOT, 'db/migrate-main.ts')],
    cwd: PROJECT_ROOT,
    env,
  };
  const child = withLogFile(log, (output) => spawnOnLeash({ ...command, stopSignal: 'SIGTERM', output }));
  try {
    const [code] = await once(child, 'exit', { signal });
    if (code !== 0) throw new Error(`The database could not be migrated: ${failureLine(log)} (log: ${log})`);
  } finally {
    if (child.pid) await stopGroup(child.pid, 'SIGTERM', MIGRATION_STOP_LIMIT_MS);
  }
}

/**
 * Starts worker and API and keeps them running. Returns what stops them: the API first, so that nothing new comes in, then the
 * worker. Throws a one-line Error when one of them does not start; none is left running then.
 */
export async function startApplication({
  dataDir,
  env,
  onEvent,
  signal,
}: ApplicationOptions): Promise<() => Promise<void>> {
  const script = (name: 'worker' | 'api', stopLimitMs: number) => (starting: AbortSignal) => {
    const what: Script = { name, path: `${name}/main.ts`, env, stopLimitMs, logFile: logFile(dataDir, name), onEvent };
    return startScript({ ...what, signal: starting });
  };
  const { api, worker } = await startTogether(signal, {
    worker: script('worker', WORKER_STOP_LIMIT_MS),
    api: script('api', API_STOP_LIMIT_MS),
  });
  return async () => {
    await api?.stop();
    await worker?.stop();
  };
}
