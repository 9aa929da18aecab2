import { processTree } from '../processes/running-processes.ts';

/** Bytes of memory that are resident (RSS) in the process and all that it started; undefined where there is no `/proc`. */
export function residentBytes(pid: number): number | undefined {
  const tree = processTree(pid);
  if (tree.length === 0) return undefined;
  return tree.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** The first process whose name begins so and that the process started, or one that it started did. */
export function findDescendant(pid: number, name: string): number | undefined {
  return processTree(pid).find((process) => process.pid !== pid && process.name.startsWith(name))?.pid;
}
