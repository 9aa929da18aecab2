import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export interface InstanceClaim {
  /** Whether the last one to hold it was killed: parts of it may still be stopping. */
  afterCrash: boolean;
  /** Gives the folder back after an orderly end. Safe to repeat. */
  release(): void;
}

/**
 * Claims a data folder for this process, creating the folder. SQLite's file lock is the claim: the system itself ends it when
 * the process dies, so nothing stale can be left. Throws one line when another process has the folder.
 */
export function claimInstance(dataDir: string): InstanceClaim {
  mkdirSync(dataDir, { recursive: true });
  const lock = new DatabaseSync(join(dataDir, 'instance.lock'));
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if ((error as { errcode?: number }).errcode !== SQLITE_BUSY) throw error;
    throw new Error(`Another npm start is running on ${dataDir}: stop it, or set DATA_DIR to another folder.`);
  }
  const running = join(dataDir, 'running');
  const afterCrash = existsSync(running);
  writeFileSync(running, `${process.pid}\n`);
  return {
    afterCrash,
    release() {
      rmSync(running, { force: true });
      if (lock.isOpen) lock.close();
    },
  };
}

/** https://www.sqlite.org/rescode.html#busy */
const SQLITE_BUSY = 5;
