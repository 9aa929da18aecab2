import { readFileSync } from 'node:fs';

/** Where npm's shell keeps running as a process of its own, npm is its parent, not ours. */
const SHELLS = ['sh', 'dash', 'ash', 'bash', 'busybox'];

const parent = process.ppid;
const throughShell = process.env.npm_lifecycle_event !== undefined && SHELLS.includes(linuxProcess(parent)?.name);
const grandparent = throughShell ? linuxProcess(parent)?.parent : undefined;

/**
 * Whether whoever started us, npm behind its shell included, has ended since this module was loaded: load it before
 * anything that takes time. An orphan has another parent; the system sends no word of it.
 */
export function isParentGone() {
  if (process.ppid !== parent) return true;
  return grandparent !== undefined && linuxProcess(parent)?.parent !== grandparent;
}

/** Name and parent of a process, where the system has /proc. */
function linuxProcess(pid) {
  try {
    const [, name, ppid] = /\((.*)\) \S (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    return { name, parent: Number(ppid) };
  } catch {
    return undefined;
  }
}
