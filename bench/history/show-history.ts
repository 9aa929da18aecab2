import type { Chart } from '../report/draw-charts.ts';
import { readableSpread, type Spread, spread } from '../report/statistics.ts';
import type { Measured } from '../section.ts';
import type { HistoryCost } from './read-history.ts';

const TITLES: Record<keyof HistoryCost, string> = {
  events: 'Events',
  bytes: 'Bytes of history',
  stateTransitions: 'State transitions',
  workflowTasks: 'Workflow tasks',
};
const COSTS = Object.keys(TITLES) as (keyof HistoryCost)[];

/** Shows what each kind of lifecycle cost, the runs of each beside one another. The first anchor is the one to compare with. */
export function showHistory(costs: Map<string, HistoryCost[]>, anchors: string[]): Measured {
  const anchor = anchors[0]!;
  const spreads = new Map([...costs].map(([name, runs]) => [name, spreadsOf(runs)]));
  return {
    table: Object.fromEntries(
      [...spreads].map(([name, of]) => [
        name,
        Object.fromEntries(COSTS.map((cost) => [TITLES[cost], readableSpread(of[cost])])),
      ]),
    ),
    notes: [
      `${costs.get(anchor)!.length} runs of each: all of a kind cost the same but for a race or a few bytes, so more would say no more.`,
      "Half a second passes between the steps of a life. The reminder comes after 1 s, as set in the portal's row: the API allows 60 s at the least.",
    ],
    figures: Object.fromEntries(costs),
    charts: COSTS.map((cost) => chartOf(cost, spreads, anchors)),
  };
}

type Spreads = Record<keyof HistoryCost, Spread>;

function spreadsOf(runs: HistoryCost[]): Spreads {
  return Object.fromEntries(COSTS.map((cost) => [cost, spread(runs.map((run) => run[cost]))])) as Spreads;
}

function chartOf(cost: keyof HistoryCost, spreads: Map<string, Spreads>, anchors: string[]): Chart {
  const [anchor] = anchors as [string];
  return {
    kind: 'bars',
    title: TITLES[cost],
    size: 'half',
    axis: { name: 'per lifecycle' },
    bars: [...spreads].map(([name, of]) => {
      const { median: value, low, high } = of[cost];
      return { name, value, low, high, isAnchor: anchors.includes(name) };
    }),
    anchor: { name: anchor, value: spreads.get(anchor)![cost].median },
  };
}
