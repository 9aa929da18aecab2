import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { buildWithGo, downloadWithSdk, TEMPORAL_CLI_VERSION } from './temporal-install.ts';

export interface BinarySearch {
  env?: NodeJS.ProcessEnv;
  /** Gives up; an installation under way is stopped. */
  signal?: AbortSignal | undefined;
}

/**
 * Finds the Temporal CLI, which contains the dev server: TEMPORAL_CLI_PATH, `temporal` on PATH, our cache folder; else
 * installs it into the cache, by the SDK's own download or, where that cannot be reached, with Go, telling `onProgress` what
 * takes so long. Returns its path.
 * Throws a one-line Error that says how to get it. Safe to repeat, and to run twice at once.
 */
export async function findTemporalBinary(
  onProgress: (step: string) => void,
  { env = process.env, signal }: BinarySearch = {},
): Promise<string> {
  const named = env.TEMPORAL_CLI_PATH;
  if (named) return requireExecutable(named);
  const cached = join(cacheFolder(env), `temporal-${TEMPORAL_CLI_VERSION}`);
  const found = findOnPath('temporal', env) ?? (isExecutable(cached) ? cached : undefined);
  if (found) return found;

  mkdirSync(cacheFolder(env), { recursive: true });
  const failures: string[] = [];
  for (const install of [downloadWithSdk, buildWithGo]) {
    try {
      await install({ target: cached, go: findOnPath('go', env), env, onProgress, signal });
      return cached;
    } catch (error) {
      signal?.throwIfAborted();
      failures.push((error as Error).message);
    }
  }
  throw new Error(
    `The Temporal dev server is not installed (${failures.join('; ')}): install the Temporal CLI ` +
      '(https://docs.temporal.io/cli) so that "temporal" is on PATH, or name it in TEMPORAL_CLI_PATH, ' +
      'or set TEMPORAL_ADDRESS to a server of yours.',
  );
}

function requireExecutable(path: string): string {
  if (isExecutable(path)) return resolve(path);
  throw new Error(`TEMPORAL_CLI_PATH names ${path}, which is not an executable file.`);
}

function findOnPath(name: string, env: NodeJS.ProcessEnv): string | undefined {
  const folders = (env.PATH ?? '').split(delimiter).filter(isAbsolute);
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function cacheFolder(env: NodeJS.ProcessEnv): string {
  return join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), '.cache'), 'portal-invitations');
}
