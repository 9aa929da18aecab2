import { processTree } from './running-processes.ts';

/** Milliseconds of CPU that processes have used so far, by who uses them. */
export type CpuTimes = Record<string, number>;

/**
 * Adds up the CPU time of the processes that this one started, and that they started: those of `names` under their name, the
 * servers under theirs, whatever else there is not at all. Empty where there is no `/proc`.
 */
export function cpuTimes(names: Map<number, string>, servers: readonly string[]): CpuTimes {
  const times: CpuTimes = {};
  for (const { pid, name: command, cpuMs } of processTree(process.pid)) {
    const name = names.get(pid) ?? servers.find((server) => command.startsWith(server));
    if (name !== undefined) times[name] = (times[name] ?? 0) + cpuMs;
  }
  return times;
}

/** What was used between two looks. */
export function cpuBetween(before: CpuTimes, after: CpuTimes): CpuTimes {
  return Object.fromEntries(Object.entries(after).map(([name, ms]) => [name, ms - (before[name] ?? 0)]));
}
