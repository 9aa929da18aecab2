import type { ClosedLoop } from '../load/closed-loop.ts';
import type { CpuTimes } from '../processes/cpu-time.ts';
import { readableSpread, type Spread, spread } from '../report/statistics.ts';
import type { Measured } from '../section.ts';
import type { Contender, Heat } from '../stage/open-arena.ts';
import type { PasswordCost } from './password-cost.ts';
import { cpuChart, cpuPerLifecycle, perSecond, readableCpu } from './rates.ts';

/** What the others are measured by. */
const ANCHOR: Contender = 'lean';

interface Rate {
  perSecond: Spread;
  /** To the anchor's of the same round. */
  ratio: Spread;
  errors: number;
  /** Milliseconds per lifecycle. */
  cpu: CpuTimes;
}

/** Shows lifecycles per second, their ratio to *lean* round by round, and who used the CPU. */
export function showLifecycles(
  heats: Map<Contender, Heat[]>,
  { load, password }: { load: ClosedLoop; password: PasswordCost },
): Measured {
  const anchors = heats.get(ANCHOR)!.map(perSecond);
  const rates = new Map([...heats].map(([name, rounds]) => [name, rateOf(rounds, anchors)]));
  return {
    table: Object.fromEntries([...rates].map(([name, rate]) => [name, rowOf(rate)])),
    notes: [
      `${load.concurrency} at once, each begun when one ends; ${load.measureMs / 1000} s a round after ${load.warmUpMs / 1000} s of warm-up; medians of the rounds, and the least and the greatest.`,
      'lean: one activity that does nothing and one signal. plain: http, pg, nodemailer and Temporal without anything around them. The ratio is to lean in the same round.',
      'product: its customers confirm by typing their address, so that no password is hashed.',
      `A password takes ${readableSpread(password.hashing)} ms of CPU to hash (argon2id), ${readableSpread(password.estimating)} ms to judge.`,
    ],
    figures: { load, password, rates: Object.fromEntries(rates) },
    charts: [
      {
        kind: 'bars',
        title: 'Lifecycles per second',
        axis: { name: 'per second' },
        bars: [...rates].map(([name, rate]) => ({
          name,
          value: rate.perSecond.median,
          low: rate.perSecond.low,
          high: rate.perSecond.high,
          isAnchor: name === ANCHOR,
        })),
        anchor: { name: ANCHOR, value: rates.get(ANCHOR)!.perSecond.median },
      },
      cpuChart(new Map([...rates].map(([name, { cpu }]) => [name, cpu]))),
    ],
  };
}

function rateOf(rounds: Heat[], anchors: number[]): Rate {
  const rates = rounds.map(perSecond);
  return {
    perSecond: spread(rates),
    ratio: spread(rates.map((rate, round) => rate / anchors[round]!)),
    errors: rounds.reduce((sum, { errors }) => sum + errors, 0),
    cpu: cpuPerLifecycle(rounds),
  };
}

function rowOf({ perSecond: rate, ratio, errors, cpu }: Rate) {
  return {
    'per second': readableSpread(rate),
    'ratio to lean': readableSpread(ratio),
    errors,
    'CPU, ms per lifecycle': readableCpu(cpu),
  };
}
