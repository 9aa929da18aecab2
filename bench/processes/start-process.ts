import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../../embedded/settings.ts';

/** Bundling the workflows takes some seconds. */
const START_LIMIT_MS = 90_000;
const STOP_LIMIT_MS = 10_000;

/** A process of ours that serves a measurement. */
export interface Process {
  pid: number;
  /** Asks it by `answerAsks`. */
  ask<Answer>(question: unknown): Promise<Answer>;
  stop(): Promise<void>;
}

/** Runs one of the project's programs, silent but for errors, until it says that it is ready. @throws Error where it never is */
export async function startProcess(path: string, env: NodeJS.ProcessEnv = {}): Promise<Process> {
  const child = spawn(process.execPath, [join(PROJECT_ROOT, path)], {
    cwd: PROJECT_ROOT,
    env: { ...process.env, LOG_LEVEL: 'error', ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  const ready = Promise.withResolvers<void>();
  child.on('message', (message: { ready?: true; id?: number; answer?: unknown; failed?: string }) => {
    if (message.ready) return ready.resolve();
    const failure = message.failed === undefined ? undefined : new Error(`${path}: ${message.failed}`);
    if (message.id === undefined) return ready.reject(failure);
    const asked = waiting.get(message.id)!;
    waiting.delete(message.id);
    if (failure) asked.reject(failure);
    else asked.resolve(message.answer);
  });
  child.once('exit', (code, signal) => {
    const ended = new Error(`${path} ended (${signal ?? code})`);
    ready.reject(ended);
    for (const asked of waiting.values()) asked.reject(ended);
  });
  const tooLate = setTimeout(() => ready.reject(new Error(`${path} was not ready in time`)), START_LIMIT_MS);
  await ready.promise.finally(() => clearTimeout(tooLate));

  let asked = 0;
  return {
    pid: child.pid!,
    ask<Answer>(question: unknown) {
      asked += 1;
      const answer = Promise.withResolvers<unknown>();
      waiting.set(asked, answer);
      child.send({ id: asked, question });
      return answer.promise as Promise<Answer>;
    },
    stop: () => stop(child),
  };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
  await ended.finally(() => clearTimeout(force));
}
