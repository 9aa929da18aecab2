import { mkdirSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 500;

/**
 * Waits until no other process installs into this folder, so that `npm start` and `npm test` may be typed at once on a
 * fresh clone. A claim whose process is gone does not count.
 *
 * @param {string} root
 * @param {(what: string) => void} onWait
 * @returns {Promise<() => void>} gives the claim back
 */
export async function claimInstall(root, onWait) {
  const folder = join(root, '.data');
  const claim = join(folder, 'installing.pid');
  mkdirSync(folder, { recursive: true });
  for (;;) {
    try {
      symlinkSync(String(process.pid), claim); // a link, as it comes into being together with what it says
      return () => rmSync(claim, { force: true });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const holder = readHolder(claim);
    if (isRunning(holder)) onWait(`Waiting for process ${holder} to install the dependencies`);
    else rmSync(claim, { force: true });
    await sleep(POLL_MS);
  }
}

function readHolder(claim) {
  try {
    return Number(readlinkSync(claim));
  } catch {
    return 0;
  }
}

function isRunning(pid) {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}
