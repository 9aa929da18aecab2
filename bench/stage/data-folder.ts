import { mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const RAM_DISK = '/dev/shm';
/** More than any measurement writes. */
const ENOUGH_BYTES = 4 * 1024 ** 3;

/**
 * A folder for the data of servers, gone with `started`. In memory where Linux has room there, so that what a disk does at the
 * moment does not decide what is measured; else where temporary files are.
 */
export function dataFolder(started: AsyncDisposableStack): string {
  const folder = mkdtempSync(join(hasRamDisk() ? RAM_DISK : tmpdir(), 'portal-invitations-bench-'));
  started.defer(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Whether data are kept in memory here. */
export function hasRamDisk(): boolean {
  try {
    const { bavail, bsize } = statfsSync(RAM_DISK);
    return bavail * bsize >= ENOUGH_BYTES;
  } catch {
    return false; // there is none
  }
}
