import { readdirSync, readFileSync } from 'node:fs';

/** What Linux counts a process's CPU time in: hundredths of a second (`getconf CLK_TCK`, the same on every Linux of today). */
const TICK_MS = 10;
/** Of proc(5)'s fields behind the command, which is in brackets: the state is the first. */
const OWN_TICKS = [11, 12];
/** Of the processes that it started and that have ended: Postgres has one for each connection. */
const CHILDRENS_TICKS = [13, 14];

export interface RunningProcess {
  pid: number;
  parent: number;
  name: string;
  /** Of memory that are resident (RSS). */
  bytes: number;
  /** Of CPU, used so far, by what it started and what has ended, too. */
  cpuMs: number;
}

/** The process and all that it started, and that they started; none where there is no `/proc`. */
export function processTree(root: number): RunningProcess[] {
  if (process.platform !== 'linux') return [];
  const all = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? readProcess(Number(name)) : []));
  const parents = new Map(all.map(({ pid, parent }) => [pid, parent]));
  return all.filter(({ pid }) => descends(pid, root, parents));
}

function descends(pid: number, root: number, parents: Map<number, number>): boolean {
  for (let at: number | undefined = pid; at; at = parents.get(at)) if (at === root) return true;
  return false;
}

function readProcess(pid: number): RunningProcess[] {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const field = (name: string) => new RegExp(`^${name}:\\s*(\\S+)`, 'm').exec(status)?.[1] ?? '';
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = [...OWN_TICKS, ...CHILDRENS_TICKS].map((index) => Number(fields[index]));
    const cpuMs = ticks.reduce((sum, of) => sum + of, 0) * TICK_MS;
    return [{ pid, parent: Number(field('PPid')), name: field('Name'), bytes: Number(field('VmRSS')) * 1024, cpuMs }];
  } catch {
    return []; // it has ended meanwhile
  }
}
