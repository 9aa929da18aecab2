import type { Lifecycle, LoadResult } from '../load/lifecycle.ts';
import type { Load } from '../load/run-load.ts';
import type { Process } from '../processes/start-process.ts';
import type { Target } from '../processes/target.ts';
import { median, type Spread, spread } from '../report/statistics.ts';
import type { PeopleOrder } from './people.ts';

/** Few enough a second that nobody waits for others. */
const PER_SECOND = 6;
const WARM_UP = 3;

export interface Rounds {
  rounds: number;
  /** Lifecycles of each kind in a round. */
  perRound: number;
}

/** Milliseconds: the median of all, and the least and greatest median of a round. */
export interface Latency {
  accepted: Spread;
  mailed: Spread;
  /** The one just invited is confirmed. */
  confirmed: Spread;
  /** Whoever has been pending longest is confirmed; absent where nobody was. */
  confirmedOldest?: Spread;
  leanAccepted: Spread;
  leanMailed: Spread;
  leanConfirmed: Spread;
}

export interface Measurable {
  people: Process;
  lean: Process;
  target: Target;
}

/** Invites and confirms some more, beside *lean*, in turns. Leaves as many pending as there were. @throws Error where one fails */
export async function measureLatency(
  { people, lean, target }: Measurable,
  { rounds, perRound }: Rounds,
  { somePending }: { somePending: boolean },
): Promise<Latency> {
  const load: Load = { loop: 'open', perSecond: PER_SECOND, warmUp: WARM_UP, count: perRound };
  const live = (confirming: 'newest' | 'oldest') =>
    people.ask<LoadResult>({ task: 'live', target, confirming, load } satisfies PeopleOrder);
  const newest: Lifecycle[][] = [];
  const oldest: Lifecycle[][] = [];
  const leans: Lifecycle[][] = [];
  for (let round = 0; round < rounds; round += 1) {
    leans.push(lifecyclesOf(await lean.ask<LoadResult>(load)));
    newest.push(lifecyclesOf(await live('newest')));
    if (somePending) oldest.push(lifecyclesOf(await live('oldest')));
  }
  return {
    accepted: of(newest, 'acceptedMs'),
    mailed: of(newest, 'mailedMs'),
    confirmed: of(newest, 'confirmedMs'),
    ...(somePending && { confirmedOldest: of(oldest, 'confirmedMs') }),
    leanAccepted: of(leans, 'acceptedMs'),
    leanMailed: of(leans, 'mailedMs'),
    leanConfirmed: of(leans, 'confirmedMs'),
  };
}

/** @throws Error where one of them failed */
export function lifecyclesOf({ lifecycles, errors, firstError }: LoadResult): Lifecycle[] {
  if (errors > 0) throw new Error(`${errors} lifecycles failed, the first with: ${firstError}`);
  return lifecycles;
}

function of(rounds: Lifecycle[][], time: keyof Lifecycle): Spread {
  const times = rounds.map((lifecycles) => lifecycles.map((lifecycle) => lifecycle[time]));
  return { ...spread(times.map(median)), median: median(times.flat()) };
}
