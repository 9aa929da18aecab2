import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Stage } from './stage.ts';
import { TEST_LINK_KEYS, TEST_MAIL_FROM } from './test-worker.ts';

const CLOCK = new URL('shift-clock.mjs', import.meta.url);

/** Processes of the product on a stage: with its database, its mail sink and its Temporal server. */
export interface StageProcesses {
  /** @param env `CLOCK_OFFSET_MS` shifts the process's clock; with the `LOG_LEVEL` `warn` its log can be read */
  start(script: string, env?: NodeJS.ProcessEnv): ChildProcess;
  /** Returns once the worker is ready. */
  startWorker(env?: NodeJS.ProcessEnv): Promise<ChildProcess>;
  /** Kills those that still run. */
  killAll(): Promise<void>;
}

/** Worker processes have one task queue; test files that run at a time need a Temporal server each, or they share the work. */
export function processesOf(stage: Stage, temporalAddress = process.env.TEST_TEMPORAL_ADDRESS!): StageProcesses {
  const processes: ChildProcess[] = [];
  const start: StageProcesses['start'] = (script, env = {}) => {
    const clock = env.CLOCK_OFFSET_MS === undefined ? [] : ['--import', fileURLToPath(CLOCK)];
    const child = spawn(process.execPath, [...clock, fileURLToPath(new URL(`../../${script}`, import.meta.url))], {
      stdio: ['ignore', env.LOG_LEVEL === 'warn' ? 'pipe' : 'ignore', 'inherit', 'ipc'],
      env: {
        ...process.env,
        DATABASE_URL: stage.db.url,
        SMTP_URL: stage.sink.url,
        TEMPORAL_ADDRESS: temporalAddress,
        PUBLIC_URL: stage.url,
        LINK_KEYS: TEST_LINK_KEYS,
        MAIL_FROM: TEST_MAIL_FROM,
        NODE_OPTIONS: '',
        ...env,
      },
    });
    processes.push(child);
    return child;
  };
  return {
    start,
    async startWorker(env) {
      const child = start('worker/main.ts', env);
      const [message] = await once(child, 'message');
      if (!message.ready) throw new Error('The worker did not start');
      return child;
    },
    async killAll() {
      for (const child of processes) await kill(child);
    },
  };
}

export async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}
