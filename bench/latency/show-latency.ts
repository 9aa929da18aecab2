import type { Lifecycle } from '../load/lifecycle.ts';
import type { OpenLoop } from '../load/open-loop.ts';
import type { Chart } from '../report/draw-charts.ts';
import { median, quantile, readable, readableSpread, spread } from '../report/statistics.ts';
import type { Measured } from '../section.ts';
import type { Contender } from '../stage/open-arena.ts';

/** What the others are measured by. */
const ANCHOR: Contender = 'plain';
const WAITS: Record<keyof Lifecycle, string> = {
  acceptedMs: 'invite to answer',
  mailedMs: 'invite to mail',
  confirmedMs: 'confirm to confirmed',
};
/** So that a legend fits beside others. */
const SHORT_NAMES: Partial<Record<Contender, string>> = { 'product, with a password': 'password' };
const PERCENTILES = { p50: 0.5, p90: 0.9, p99: 0.99 };

/** Rounds of lifecycles, by whose they are. */
type Lives = Map<Contender, Lifecycle[][]>;

/** Shows each wait with its percentiles, and the ratio of the medians to the plain stack's round by round. */
export function showLatency(lives: Lives, { load, errors }: { load: OpenLoop; errors: number }): Measured {
  const waits = Object.keys(WAITS) as (keyof Lifecycle)[];
  const rows = waits.flatMap((wait) =>
    [...lives.keys()].map((contender) => [`${WAITS[wait]}: ${contender}`, rowOf(lives, contender, wait)] as const),
  );
  return {
    table: Object.fromEntries(rows),
    notes: [
      `${load.count} a round, begun at a steady rate whatever became of those before; percentiles of all rounds together; the ratio of p50 is to plain in the same round (median, least and greatest).`,
      'invite to mail: from sending the call to the whole message at the sink; in lean, to the activity. confirm to confirmed: from sending the form to its answer, which is given when it is written down.',
      `Errors: ${errors}.`,
    ],
    figures: {
      load,
      errors,
      milliseconds: Object.fromEntries(
        [...lives].map(([contender, rounds]) => [
          contender,
          Object.fromEntries(waits.map((wait) => [wait, percentiles(rounds.flat().map((life) => life[wait]))])),
        ]),
      ),
      ratios: Object.fromEntries(
        [...lives.keys()].map((contender) => [
          contender,
          Object.fromEntries(waits.map((wait) => [wait, ratios(lives, contender, wait)])),
        ]),
      ),
    },
    charts: waits.map((wait) => chartOf(lives, wait)),
  };
}

function rowOf(lives: Lives, contender: Contender, wait: keyof Lifecycle) {
  const times = lives
    .get(contender)!
    .flat()
    .map((life) => life[wait]);
  return {
    ...Object.fromEntries(Object.entries(percentiles(times)).map(([name, ms]) => [`${name} ms`, readable(ms)])),
    'p50 to plain': readableSpread(spread(ratios(lives, contender, wait))),
  };
}

function percentiles(times: number[]): Record<keyof typeof PERCENTILES, number> {
  return {
    p50: quantile(times, PERCENTILES.p50),
    p90: quantile(times, PERCENTILES.p90),
    p99: quantile(times, PERCENTILES.p99),
  };
}

function ratios(lives: Lives, contender: Contender, wait: keyof Lifecycle): number[] {
  const anchors = lives.get(ANCHOR)!;
  const p50 = (lifecycles: Lifecycle[]) => median(lifecycles.map((life) => life[wait]));
  return lives.get(contender)!.map((lifecycles, round) => p50(lifecycles) / p50(anchors[round]!));
}

function chartOf(lives: Lives, wait: keyof Lifecycle): Chart {
  const contenders = [...lives.keys()];
  const of = contenders.map((contender) =>
    percentiles(
      lives
        .get(contender)!
        .flat()
        .map((life) => life[wait]),
    ),
  );
  return {
    kind: 'groups',
    title: WAITS[wait],
    size: 'third',
    axis: { name: 'ms' },
    groups: Object.keys(PERCENTILES),
    series: contenders.map((name, index) => ({
      name: SHORT_NAMES[name] ?? name,
      figures: Object.values(of[index]!).map((value) => ({ value })),
    })),
  };
}
