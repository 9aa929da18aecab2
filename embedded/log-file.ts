import { closeSync, mkdirSync, openSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A log above this size makes room at the next start: one old file is kept, so logs take at most twice this. */
const MAX_LOG_BYTES = 10_000_000;

/** Where the logs of everything that runs on a data folder are. */
export function logFolder(dataDir: string): string {
  return join(dataDir, 'logs');
}

/** The log of one part. */
export function logFile(dataDir: string, name: string): string {
  return join(logFolder(dataDir), `${name}.log`);
}

/** Before what each life writes: a log holds many. */
const MARK = '--- started at ';

/**
 * Opens a log for one life of a program, lends its file descriptor to `use`, and closes it. Creates the folder; an overgrown
 * log is first renamed to `<file>.1`. Without a path the output is dropped. Throws what the file system throws.
 */
export function withLogFile<T>(path: string | undefined, use: (output: number | 'ignore') => T): T {
  if (path === undefined) return use('ignore');
  mkdirSync(dirname(path), { recursive: true });
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > MAX_LOG_BYTES) renameSync(path, `${path}.1`);
  const descriptor = openSync(path, 'a', 0o600);
  try {
    writeSync(descriptor, `${MARK}${new Date().toISOString()} ---\n`);
    return use(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * The line of a log that says best why the last life failed: the last that speaks of an error, else the last. Undefined when
 * there is none. Throws nothing: it only helps to explain a failure.
 */
export function failureLine(path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  try {
    const lastLife = readFileSync(path, 'utf8').split(MARK).at(-1) ?? '';
    const lines = lastLife
      .split('\n')
      .slice(1)
      .map((line) => line.trim())
      .filter(Boolean);
    const telling = lines.findLast((line) => /\b(\w*error|fatal)\b/i.test(line)) ?? lines.at(-1);
    return telling?.startsWith('{') ? (JSON.parse(telling) as { msg?: string }).msg : telling;
  } catch {
    return undefined;
  }
}
