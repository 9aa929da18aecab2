import type { Chart } from '../report/draw-charts.ts';
import { readable, readableSpread } from '../report/statistics.ts';
import type { Measured } from '../section.ts';
import { ANSWERERS, type Answerer, type Times } from './measure-size.ts';

const LABELS: Record<Answerer, string> = { console: 'console', api: 'JSON API', sql: 'bare SQL' };

/** Shows what was measured, by size and question. */
export function showReads(bySize: Map<number, Map<string, Times>>): Measured {
  const sizes = [...bySize.keys()];
  const [smallest, largest] = [sizes[0]!, sizes.at(-1)!];
  const names = [...bySize.get(largest)!.keys()];
  const timesOf = (name: string, size: number) => bySize.get(size)!.get(name)!;

  const table: Measured['table'] = {};
  for (const name of names) {
    for (const answerer of ANSWERERS) {
      const at = (size: number) => timesOf(name, size)[answerer];
      table[`${name}, ${LABELS[answerer]}`] = {
        ...Object.fromEntries(sizes.map((size) => [`${size.toLocaleString('en')} rows, ms`, readableSpread(at(size))])),
        '× SQL': readable(at(largest).median / timesOf(name, largest).sql.median),
        growth: readable(at(largest).median / at(smallest).median),
      };
    }
  }
  return {
    table,
    notes: [
      'ms to the whole answer: median of all calls (least and greatest median of a round). Pages have 50 rows.',
      `× SQL: beside the same rows by hand-written SQL on the same server, at ${largest.toLocaleString('en')} rows.`,
      `growth: from ${smallest.toLocaleString('en')} to ${largest.toLocaleString('en')} rows; 1 is flat.`,
      "The console's page has the numbers beside its filters, too, which neither the API nor the SQL answers.",
    ],
    figures: sizes.map((size) => ({ rows: size, ms: Object.fromEntries(bySize.get(size)!) })),
    charts: names.map((name) => chartOf(name, sizes, timesOf)),
  };
}

function chartOf(name: string, sizes: number[], timesOf: (name: string, size: number) => Times): Chart {
  return {
    kind: 'lines',
    title: name,
    size: 'third',
    x: { name: 'portal users', isLogarithmic: true },
    y: { name: 'ms', isLogarithmic: true },
    lines: ANSWERERS.map((answerer) => ({
      name: LABELS[answerer],
      isAnchor: answerer === 'sql',
      points: sizes.map((x) => {
        const { median, low, high } = timesOf(name, x)[answerer];
        return { x, value: median, low, high };
      }),
    })),
  };
}
