import { readdirSync, readFileSync } from 'node:fs';

/** Bytes of memory that are resident (RSS) in the process and all that it started; undefined where there is no `/proc`. */
export function residentBytes(pid: number): number | undefined {
  const all = processes();
  const tree = all.filter((process) => process.pid === pid || descends(all, process.parent, pid));
  if (tree.length === 0) return undefined;
  return tree.reduce((sum, process) => sum + process.bytes, 0);
}

/** The first process whose name begins so and that the process started, or one that it started did. */
export function findDescendant(pid: number, name: string): number | undefined {
  const all = processes();
  return all.find((process) => process.name.startsWith(name) && descends(all, process.parent, pid))?.pid;
}

interface RunningProcess {
  pid: number;
  parent: number;
  name: string;
  bytes: number;
}

function descends(all: RunningProcess[], parent: number, ancestor: number): boolean {
  for (let at: number | undefined = parent; at; at = all.find(({ pid }) => pid === at)?.parent) {
    if (at === ancestor) return true;
  }
  return false;
}

function processes(): RunningProcess[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const status = readFileSync(`/proc/${pid}/status`, 'utf8');
        const field = (name: string) => new RegExp(`^${name}:\\s*(\\S+)`, 'm').exec(status)?.[1] ?? '';
        const bytes = Number(field('VmRSS')) * 1024;
        return [{ pid: Number(pid), parent: Number(field('PPid')), name: field('Name'), bytes }];
      } catch {
        return []; // it has ended meanwhile
      }
    });
}
