import type { ClosedLoop } from '../load/closed-loop.ts';
import { readableSpread, spread } from '../report/statistics.ts';
import type { Measured } from '../section.ts';
import type { Heat } from '../stage/open-arena.ts';
import { cpuChart, cpuPerLifecycle, perSecond, readableCpu } from '../throughput/rates.ts';

/** Shows lifecycles per second by the number of processes, beside *lean* on the same servers, and who used the CPU. */
export function showScaleOut(heats: Map<string, { product: Heat; lean: Heat }[]>, load: ClosedLoop): Measured {
  const rows = [...heats].map(([name, rounds]) => {
    const product = rounds.map((round) => round.product);
    const ratios = rounds.map((round) => perSecond(round.product) / perSecond(round.lean));
    return {
      name,
      rate: spread(product.map(perSecond)),
      ratio: spread(ratios),
      errors: product.reduce((sum, { errors }) => sum + errors, 0),
      cpu: cpuPerLifecycle(product),
    };
  });
  return {
    table: Object.fromEntries(
      rows.map(({ name, rate, ratio, errors, cpu }) => [
        name,
        {
          'per second': readableSpread(rate),
          'ratio to lean': readableSpread(ratio),
          errors,
          'CPU, ms per lifecycle': readableCpu(cpu),
        },
      ]),
    ),
    notes: [
      `${load.concurrency} at once; servers and processes are started anew for each number of them. Everything, Temporal and Postgres too, shares the cores of one machine.`,
    ],
    figures: { load, rows },
    charts: [
      {
        kind: 'bars',
        title: 'Lifecycles per second',
        axis: { name: 'per second' },
        bars: rows.map(({ name, rate }) => ({ name, value: rate.median, low: rate.low, high: rate.high })),
      },
      cpuChart(new Map(rows.map(({ name, cpu }) => [name, cpu]))),
    ],
  };
}
