import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from '@jest/globals';
import { freePort } from '../../embedded/ports.ts';

export const PROJECT_ROOT = fileURLToPath(new URL('../..', import.meta.url));

const folders: string[] = [];
const started: ChildProcess[] = [];
afterAll(() => {
  for (const child of started) if (child.exitCode === null) child.kill('SIGKILL');
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A new folder with a space in its name, removed after the file's tests. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'embedded test-'));
  folders.push(folder);
  return folder;
}

const PORT_NAMES = ['PORT', 'POSTGRES_PORT', 'TEMPORAL_PORT', 'TEMPORAL_UI_PORT', 'SMTP_PORT', 'MAILBOX_PORT'] as const;

/** The environment of an `npm start` of its own: free ports, a new data folder, all parts embedded. */
export async function freeSettings(env: NodeJS.ProcessEnv = {}) {
  const free = await Promise.all(PORT_NAMES.map(async (name) => [name, String(await freePort())]));
  const ports = Object.fromEntries(free) as Record<(typeof PORT_NAMES)[number], string>;
  const own = {
    DATABASE_URL: '',
    TEMPORAL_ADDRESS: '',
    SMTP_URL: '',
    PUBLIC_URL: '',
    ADMIN_API_KEY: '',
    LINK_KEYS: '',
  };
  return { ...own, ...ports, DATA_DIR: newFolder(), ...env };
}

/** A program under test and what it has said so far. */
export interface Program {
  child: ChildProcess;
  pid: number;
  stdout(): string;
  stderr(): string;
  ended: Promise<number | null>;
}

/** Runs Node with these arguments; killed after the file's tests if it still runs. */
export function runNode(
  args: string[],
  { env = {}, cwd = PROJECT_ROOT }: { env?: NodeJS.ProcessEnv; cwd?: string } = {},
): Program {
  const child = spawn(process.execPath, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => (said.stdout += chunk));
  child.stderr.on('data', (chunk) => (said.stderr += chunk));
  return {
    child,
    pid: child.pid!,
    stdout: () => said.stdout,
    stderr: () => said.stderr,
    ended: once(child, 'close').then(([code]) => code as number | null),
  };
}

/** Runs an ES module that may import this project's files as `embedded/….ts` by `root`. */
export function runModule(code: string, env: NodeJS.ProcessEnv = {}): Program {
  return runNode(['--input-type=module', '-e', `const root = ${JSON.stringify(`file://${PROJECT_ROOT}`)};\n${code}`], {
    env,
  });
}

/** Whether a process runs; one that is dead but not buried does not. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const stat = `/proc/${pid}/stat`;
  return !existsSync(stat) || !/\) Z/.test(readFileSync(stat, 'utf8'));
}
