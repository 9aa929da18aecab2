import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLogFile } from './log-file.ts';
import { PROJECT_ROOT } from './settings.ts';
import { type SupervisedProcess, supervise } from './supervised-process.ts';

export interface Script {
  /** As people call it: 'worker'. */
  name: string;
  /** Path below the project's folder. */
  path: string;
  env: NodeJS.ProcessEnv;
  stopLimitMs: number;
  logFile: string;
  onEvent?: ((line: string) => void) | undefined;
  /** Gives up the start. */
  signal?: AbortSignal | undefined;
}

/** Bundling the workflows takes some seconds, on a busy small machine many. */
const START_LIMIT_MS = 90_000;

/**
 * Starts one of the project's programs and keeps it running until `stop`. It is told everything by environment variables,
 * sends `{ready: true}` or `{failed: 'why'}`, and ends on SIGTERM or when the channel to us closes. Throws a one-line Error
 * when it does not start.
 */
export function startScript({ path, env, ...spec }: Script): Promise<SupervisedProcess> {
  return supervise({
    ...spec,
    launch: () =>
      withLogFile(spec.logFile, (output) =>
        spawn(process.execPath, [join(PROJECT_ROOT, path)], {
          cwd: PROJECT_ROOT,
          env,
          detached: true,
          stdio: ['ignore', output, output, 'ipc'],
        }),
      ),
    ready: (child) => untilReady(child, spec.name),
    stopSignal: 'SIGTERM',
    startLimitMs: START_LIMIT_MS,
  });
}

function untilReady(child: ChildProcess, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.on('message', (message: { ready?: true; failed?: string }) => {
      if (message.ready) resolve();
      else if (message.failed)
        reject(new Error(`${name} did not start: ${message.failed.replaceAll(/\s*\n\s*/g, ' ')}`));
    });
  });
}

/** The command line of a running process; empty when there is none, or it is dead but not buried. */
export function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    if (process.platform === 'linux') return '';
  }
  try {
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  } catch {
    return '';
  }
}

/**
 * A signal that fires when this process is asked to end: SIGINT, SIGTERM, SIGHUP, or the end of the process that started us
 * (the channel to it closes, even by kill -9). Asking again, as an impatient Ctrl-C does, changes nothing.
 */
export function stopRequested(): AbortSignal {
  const stopping = new AbortController();
  const stop = () => stopping.abort(new Error('Stopped.'));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  process.on('disconnect', stop);
  if (process.connected === false) stop();
  return stopping.signal;
}
