import type { CpuTimes } from '../processes/cpu-time.ts';
import type { Chart } from '../report/draw-charts.ts';
import { median, readable } from '../report/statistics.ts';
import type { Heat } from '../stage/open-arena.ts';

/** Less than this many milliseconds per lifecycle is not worth a word. */
const WORTH_A_WORD_MS = 0.5;

/** Lifecycles that were counted, per second. */
export function perSecond({ lifecycles, seconds }: Heat): number {
  return lifecycles.length / seconds;
}

/** Milliseconds of CPU per lifecycle, by who used them: medians of the rounds. */
export function cpuPerLifecycle(rounds: Heat[]): CpuTimes {
  const users = new Set(rounds.flatMap(({ cpu }) => Object.keys(cpu)));
  const of = (name: string) => median(rounds.map(({ cpu, ended }) => (cpu[name] ?? 0) / ended));
  return Object.fromEntries(
    [...users].map((name) => [name, of(name)] as const).filter(([, ms]) => ms >= WORTH_A_WORD_MS),
  );
}

/** The same for a table's cell. */
export function readableCpu(cpu: CpuTimes): string {
  return Object.entries(cpu)
    .map(([name, ms]) => `${name} ${readable(Math.round(ms))}`)
    .join(', ');
}

/** The same as a picture, a group for each of what was measured. */
export function cpuChart(measured: Map<string, CpuTimes>): Chart {
  const users = [...new Set([...measured.values()].flatMap((cpu) => Object.keys(cpu)))];
  return {
    kind: 'groups',
    title: 'CPU per lifecycle, by who used it',
    axis: { name: 'ms' },
    groups: [...measured.keys()],
    series: users.map((name) => ({ name, figures: [...measured.values()].map((cpu) => ({ value: cpu[name] ?? 0 })) })),
  };
}
