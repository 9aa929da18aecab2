import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../../../embedded/settings.ts';
import { kill } from '../stage-processes.ts';

/** Processes of the product, each known by a name and with a log `<name>.log` that its later lives continue. */
export interface Processes {
  /** Returns when the process is ready. @throws Error when it ends before that */
  start(name: string, script: string, options?: ProcessOptions): Promise<void>;
  /** Starts a process again that ran under this name, with the same script and options. Returns when it is ready. */
  restart(name: string): Promise<void>;
  /** Runs a process to its end. @throws Error when it fails */
  run(name: string, script: string): Promise<void>;
  /** Ends the process at once (SIGKILL). */
  kill(name: string): Promise<void>;
  /** Asks the process to stop (SIGTERM) and waits for its end. */
  stop(name: string): Promise<void>;
  killAll(): Promise<void>;
  logs(): string[];
}

export interface ProcessOptions {
  env?: NodeJS.ProcessEnv;
  /** Folder with the release to run; the common one by default. */
  release?: string;
}

interface Running extends Required<ProcessOptions> {
  child: ChildProcess;
  script: string;
}

/** @param commonRelease the release that a process runs unless it has one of its own */
export function createProcesses(folder: string, commonEnv: NodeJS.ProcessEnv, commonRelease = PROJECT_ROOT): Processes {
  const processes = new Map<string, Running>();
  const logFile = (name: string) => join(folder, `${name}.log`);

  function launch(name: string, script: string, { env = {}, release = commonRelease }: ProcessOptions = {}): Running {
    const log = openSync(logFile(name), 'a');
    const child = spawn(process.execPath, [join(release, script)], {
      cwd: release,
      stdio: ['ignore', log, log, 'ipc'],
      env: { PATH: process.env.PATH, HOME: process.env.HOME, TZ: 'UTC', ...commonEnv, ...env },
    });
    closeSync(log);
    const running = { child, script, env, release };
    processes.set(name, running);
    return running;
  }

  async function start(name: string, script: string, options?: ProcessOptions): Promise<void> {
    const { child } = launch(name, script, options);
    const [message] = await Promise.race([once(child, 'message'), once(child, 'exit')]);
    if (!message?.ready) throw new Error(`${name} did not start; see ${logFile(name)}`);
  }

  return {
    start,
    restart(name) {
      const { script, env, release } = processes.get(name)!;
      return start(name, script, { env, release });
    },
    async run(name, script) {
      const [code] = await once(launch(name, script).child, 'exit');
      if (code !== 0) throw new Error(`${name} failed; see ${logFile(name)}`);
    },
    kill: (name) => kill(processes.get(name)!.child),
    async stop(name) {
      const { child } = processes.get(name)!;
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    },
    async killAll() {
      for (const { child } of processes.values()) await kill(child);
    },
    logs: () => [...processes.keys()].map(logFile),
  };
}
