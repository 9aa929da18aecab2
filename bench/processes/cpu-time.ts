import { readdirSync, readFileSync } from 'node:fs';

/** What Linux counts a process's CPU time in: hundredths of a second (`getconf CLK_TCK`, the same on every Linux of today). */
const TICK_MS = 10;
const PARENT = 1;
const USER_TICKS = 11;
const SYSTEM_TICKS = 12;

/** Milliseconds of CPU that processes have used so far, by who uses them. */
export type CpuTimes = Record<string, number>;

/**
 * Adds up the CPU time of the processes that this one started, and that they started: those of `names` under their name, the
 * servers under theirs, whatever else there is not at all. Empty where there is no `/proc`.
 */
export function cpuTimes(names: Map<number, string>, servers: readonly string[]): CpuTimes {
  const times: CpuTimes = {};
  if (process.platform !== 'linux') return times;
  const all = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? readStat(name) : []));
  const parents = new Map(all.map(({ pid, parent }) => [pid, parent]));
  for (const { pid, command, cpuMs } of all) {
    const name = names.get(pid) ?? servers.find((server) => command.startsWith(server));
    if (name !== undefined && isOurs(pid, parents)) times[name] = (times[name] ?? 0) + cpuMs;
  }
  return times;
}

/** What was used between two looks. */
export function cpuBetween(before: CpuTimes, after: CpuTimes): CpuTimes {
  return Object.fromEntries(Object.entries(after).map(([name, ms]) => [name, ms - (before[name] ?? 0)]));
}

function isOurs(pid: number, parents: Map<number, number>): boolean {
  for (let at: number | undefined = pid; at; at = parents.get(at)) if (at === process.pid) return true;
  return false;
}

/** proc(5): after the command in its brackets, the third field is the process's state. */
function readStat(pid: string) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const end = stat.lastIndexOf(')');
    const fields = stat.slice(end + 2).split(' ');
    const cpuMs = (Number(fields[USER_TICKS]) + Number(fields[SYSTEM_TICKS])) * TICK_MS;
    return [
      { pid: Number(pid), parent: Number(fields[PARENT]), command: stat.slice(stat.indexOf('(') + 1, end), cpuMs },
    ];
  } catch {
    return []; // it has ended meanwhile
  }
}
