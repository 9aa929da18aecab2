import type { ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { failureLine } from './log-file.ts';

export interface ProcessSpec {
  /** As people call it: 'Postgres', 'worker'. */
  name: string;
  /** Starts one life of the process, as the leader of its own process group. */
  launch(): ChildProcess | Promise<ChildProcess>;
  /** Resolves when this life can serve, rejects when it never will; gives up when `signal` fires. */
  ready(child: ChildProcess, signal: AbortSignal): Promise<void>;
  stopSignal: NodeJS.Signals;
  /** After this long a stopping process is killed. */
  stopLimitMs: number;
  /** A life that is not ready by then is stopped and counts as failed. */
  startLimitMs: number;
  /** Where the process writes: named when it fails. */
  logFile?: string | undefined;
  /** Told in one line when the process stopped by itself and when it is back. */
  onEvent?: ((line: string) => void) | undefined;
  /** Gives up the first start; later, use `stop`. */
  signal?: AbortSignal | undefined;
}

export interface SupervisedProcess {
  /** Stops the process and restarts it no more. Safe to repeat. */
  stop(): Promise<void>;
}

interface Life {
  child: ChildProcess;
  /** Resolves to how it ended, for people: 'exit code 1', 'SIGKILL'. */
  ended: Promise<string>;
}

/** The pause before a restart: long enough for a port to be free again, doubled while restarts fail. */
const FIRST_RESTART_DELAY_MS = 500;
/** A server that is down for good is tried this often. */
const MAX_RESTART_DELAY_MS = 10_000;
/** A life this long was a success: the next restart is a quick one again. */
const HEALTHY_LIFE_MS = 30_000;

/**
 * Starts a process, resolves when it is ready, and from then on restarts it whenever it stops by itself. Nothing of it
 * keeps this process alive. Throws a one-line Error when the first start fails; nothing of it is left running then.
 */
export async function supervise(spec: ProcessSpec): Promise<SupervisedProcess> {
  const stopping = new AbortController();
  const first = await begin(spec, spec.signal ?? stopping.signal);
  const finished = keepRunning(spec, first, stopping.signal);
  return {
    async stop() {
      stopping.abort();
      await finished;
    },
  };
}

async function keepRunning(spec: ProcessSpec, first: Life, stopping: AbortSignal): Promise<void> {
  let life: Life | undefined = first;
  let delayMs = FIRST_RESTART_DELAY_MS;
  while (life) {
    letGo(life.child);
    const startedAt = Date.now();
    const how = await Promise.race([life.ended, aborted(stopping)]);
    await stopGroup(life.child.pid!, spec.stopSignal, spec.stopLimitMs);
    if (stopping.aborted) return;
    if (Date.now() - startedAt > HEALTHY_LIFE_MS) delayMs = FIRST_RESTART_DELAY_MS;
    spec.onEvent?.(`${spec.name} stopped by itself (${how}), starting it again${seeLog(spec)}`);
    life = undefined;
    while (!life && (await pause(delayMs, stopping))) {
      delayMs = Math.min(delayMs * 2, MAX_RESTART_DELAY_MS);
      life = await begin(spec, stopping).catch((error: Error) => {
        if (!stopping.aborted) spec.onEvent?.(error.message);
        return undefined;
      });
    }
    if (life) spec.onEvent?.(`${spec.name} is running again`);
  }
}

async function begin(spec: ProcessSpec, signal: AbortSignal): Promise<Life> {
  signal.throwIfAborted();
  const child = await spec.launch();
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, endedBy) => resolve(endedBy ?? `exit code ${code}`));
  });
  const givingUp = new AbortController();
  const tooLate = AbortSignal.timeout(spec.startLimitMs);
  try {
    await Promise.race([
      spec.ready(child, AbortSignal.any([givingUp.signal, signal, tooLate])),
      ended.then((how) => Promise.reject(new Error(`${spec.name} did not start (${how})${seeLog(spec, true)}`))),
      aborted(tooLate).then(() => Promise.reject(new Error(`${spec.name} was not ready in time${seeLog(spec, true)}`))),
      aborted(signal).then(() => Promise.reject(signal.reason)),
    ]);
    return { child, ended };
  } catch (error) {
    givingUp.abort();
    if (child.pid) await stopGroup(child.pid, spec.stopSignal, spec.stopLimitMs);
    throw error;
  }
}

/** From now on the child does not keep this process alive; the pipe or channel to it still ends it when we end. */
function letGo(child: ChildProcess): void {
  child.unref();
  child.channel?.unref();
  (child.stdin as Socket | null)?.unref();
}

function seeLog({ logFile }: ProcessSpec, withLine = false): string {
  if (logFile === undefined) return '';
  const line = withLine ? failureLine(logFile) : undefined;
  return `${line ? `: ${line}` : ''} (log: ${logFile})`;
}

async function pause(ms: number, stopping: AbortSignal): Promise<boolean> {
  await sleep(ms, undefined, { signal: stopping, ref: false }).catch(() => {});
  return !stopping.aborted;
}

function aborted(signal: AbortSignal): Promise<string> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve('stopped');
    signal.addEventListener('abort', () => resolve('stopped'), { once: true });
  });
}

/** How often a stopping group is looked at: short beside a human's patience, long beside a system call. */
const POLL_MS = 25;
/** What a killed group gets to disappear; only an unkillable process (a stuck disk) takes longer. */
const AFTER_KILL_MS = 1_000;

/**
 * Stops every process of the group led by `leader`: the signal first, SIGKILL when `limitMs` have passed. Resolves when
 * the group is gone. Safe to repeat, and on a group that is gone already.
 */
export async function stopGroup(leader: number, signal: NodeJS.Signals, limitMs: number): Promise<void> {
  signalGroup(leader, signal);
  if (await isGoneWithin(leader, limitMs)) return;
  signalGroup(leader, 'SIGKILL');
  await isGoneWithin(leader, AFTER_KILL_MS);
}

async function isGoneWithin(leader: number, limitMs: number): Promise<boolean> {
  for (const deadline = Date.now() + limitMs; signalGroup(leader, 0); ) {
    if (Date.now() > deadline) return false;
    await sleep(POLL_MS);
  }
  return true;
}

function signalGroup(leader: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-leader, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EPERM') return true;
    return false;
  }
}
