import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawnOnLeash } from './leash.ts';
import { failureLine, withLogFile } from './log-file.ts';
import { stopGroup } from './supervised-process.ts';

export interface Installation {
  /** Where the binary ends up: whole or not at all. */
  target: string;
  /** The Go command, where there is one. */
  go: string | undefined;
  env: NodeJS.ProcessEnv;
  onProgress: (step: string) => void;
  signal: AbortSignal | undefined;
}

/** The newest CLI that `go install` can build: later tags have `replace` lines. */
export const TEMPORAL_CLI_VERSION = '1.5.1';

/** About 40 MB; a line that needs longer is better served by hand. */
const DOWNLOAD_LIMIT_MS = 5 * 60_000;
/** 3 minutes on 2 cores, and the sources must be fetched first. */
const BUILD_LIMIT_MS = 20 * 60_000;
/** What an installer gets to clean up when we give up. */
const STOP_LIMIT_MS = 2_000;

/** Downloads the CLI by the Temporal SDK's own means. Throws a short reason; leaves nothing half done behind. */
export async function downloadWithSdk({ target, env, onProgress, signal }: Installation): Promise<void> {
  onProgress('Downloading the Temporal dev server');
  const script = fileURLToPath(new URL('./sdk-download.ts', import.meta.url));
  await installInto(target, async (folder, logFile) => {
    const args = [script, folder, `v${TEMPORAL_CLI_VERSION}`];
    const proxied = { ...env, NODE_USE_ENV_PROXY: '1' };
    const ran = await run({
      command: process.execPath,
      args,
      env: proxied,
      logFile,
      limitMs: DOWNLOAD_LIMIT_MS,
      signal,
    });
    if (!ran) throw new Error('the download failed');
  });
}

/** Builds the CLI with Go, whose modules come from its proxy. Throws a short reason; leaves nothing half done behind. */
export async function buildWithGo({ target, go, env, onProgress, signal }: Installation): Promise<void> {
  if (!go) throw new Error('there is no Go to build it with');
  onProgress('Building the Temporal dev server with Go, once (about 3 minutes)');
  await installInto(target, async (folder, logFile) => {
    const args = ['install', `github.com/temporalio/cli/cmd/temporal@v${TEMPORAL_CLI_VERSION}`];
    const into = { ...env, GOBIN: folder };
    const ran = await run({ command: go, args, env: into, logFile, limitMs: BUILD_LIMIT_MS, signal });
    if (!ran) throw new Error(`go install failed: ${failureLine(logFile) ?? 'it took too long'}`);
  });
}

/** Lets `fill` put one file into a folder of its own, then moves that file to its place in one step. */
async function installInto(target: string, fill: (folder: string, logFile: string) => Promise<void>): Promise<void> {
  const workshop = mkdtempSync(join(dirname(target), 'installing-'));
  const folder = join(workshop, 'bin');
  try {
    mkdirSync(folder);
    await fill(folder, join(workshop, 'log'));
    const [file] = readdirSync(folder);
    if (!file) throw new Error('nothing was installed');
    renameSync(join(folder, file), target);
  } finally {
    rmSync(workshop, { recursive: true, force: true });
  }
}

interface Run {
  command: string;
  args: string[];
  env: NodeJS.ProcessEnv;
  logFile: string;
  limitMs: number;
  signal: AbortSignal | undefined;
}

/** Runs an installer to its end; false when it failed or was given up. */
async function run({ command, args, env, logFile, limitMs, signal }: Run): Promise<boolean> {
  const child = withLogFile(logFile, (output) => spawnOnLeash({ command, args, env, stopSignal: 'SIGTERM', output }));
  const giveUp = AbortSignal.any([AbortSignal.timeout(limitMs), ...(signal ? [signal] : [])]);
  try {
    const [code] = await once(child, 'exit', { signal: giveUp });
    return code === 0;
  } catch {
    return false;
  } finally {
    if (child.pid) await stopGroup(child.pid, 'SIGTERM', STOP_LIMIT_MS);
  }
}
