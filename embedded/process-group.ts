import { setTimeout as sleep } from 'node:timers/promises';

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
