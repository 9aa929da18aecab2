import type { Chart, Line } from '../report/chart.ts';
import { readable, readableSpread, type Spread } from '../report/statistics.ts';
import type { Measured } from '../section.ts';
import type { Latency } from './measure-latency.ts';
import type { Storage } from './measure-storage.ts';

/** What was measured with so many pending. */
export interface AtSize {
  storage: Storage;
  /** Bytes; undefined where it is not known. */
  memory: { worker: number | undefined; temporal: number | undefined };
  latency: Latency;
  /** How the last of them got there; undefined where there are none. */
  filled: { count: number; seconds: number } | undefined;
}

type BySize = Map<number, AtSize>;

const LATENCIES: Record<keyof Latency, string> = {
  accepted: 'accepted',
  mailed: 'mailed',
  confirmed: 'confirmed, just invited',
  confirmedOldest: 'confirmed, the oldest',
  leanAccepted: 'lean, accepted',
  leanMailed: 'lean, at its activity',
  leanConfirmed: 'lean, confirmed',
};
const BESIDE_LEAN: [keyof Latency, keyof Latency][] = [
  ['accepted', 'leanAccepted'],
  ['mailed', 'leanMailed'],
  ['confirmed', 'leanConfirmed'],
  ['confirmedOldest', 'leanConfirmed'],
];
const MIB = 2 ** 20;

/** Shows what was measured, by how many were pending. The first size is none. */
export function showPending(bySize: BySize): Measured {
  const row = (cell: (at: AtSize, size: number) => string) =>
    Object.fromEntries([...bySize].map(([size, at]) => [`${size.toLocaleString('en')} pending`, cell(at, size)]));
  const time = (at: AtSize, name: keyof Latency) => at.latency[name];
  const beside = (one: Spread | undefined, other: Spread) => (one ? readable(one.median / other.median) : '');
  const mebibytes = (bytes: number | undefined) => (bytes === undefined ? 'not measured' : readable(bytes / MIB));
  const each = (bytes: number, size: number) => (size === 0 ? '' : readable(bytes / size));

  return {
    table: {
      ...Object.fromEntries(
        (Object.keys(LATENCIES) as (keyof Latency)[]).map((name) => [
          `${LATENCIES[name]}, ms`,
          row((at) => (time(at, name) ? readableSpread(time(at, name)!) : '')),
        ]),
      ),
      ...Object.fromEntries(
        BESIDE_LEAN.map(([name, lean]) => [
          `${LATENCIES[name]}, × lean`,
          row((at) => beside(time(at, name), time(at, lean)!)),
        ]),
      ),
      'our database, bytes each': row((at, size) => each(at.storage.ours, size)),
      "Temporal's, bytes each": row((at, size) => each(at.storage.temporals, size)),
      'worker, MiB of memory': row(({ memory }) => mebibytes(memory.worker)),
      'Temporal, MiB of memory': row(({ memory }) => mebibytes(memory.temporal)),
      'invited per second': row(({ filled }) => (filled ? readable(filled.count / filled.seconds) : '')),
    },
    notes: [
      'All pending ones were invited by the API, one call each; counted are their e-mails and their running workflows.',
      'ms: median of all (least and greatest median of a round), at 6 a second.',
      'Bytes: what both databases took more while inviting, indexes and all. Memory: resident (RSS), after inviting.',
    ],
    figures: [...bySize].map(([size, at]) => ({ pending: size, ...at })),
    charts: charts(bySize),
  };
}

function charts(bySize: BySize): Chart[] {
  const x = { name: 'pending invitations' };
  const timeLine = (name: keyof Latency, title: string): Line => ({
    name: title,
    isAnchor: name.startsWith('lean'),
    points: [...bySize].flatMap(([size, { latency }]) => {
      const time = latency[name];
      return time ? [{ x: size, value: time.median, low: time.low, high: time.high }] : [];
    }),
  });
  const bytesLine = (name: string, bytes: (at: AtSize) => number | undefined): Line => ({
    name,
    points: [...bySize].map(([size, at]) => ({ x: size, value: (bytes(at) ?? 0) / MIB })),
  });
  const times = (title: string, lines: Line[]): Chart => ({
    ...{ kind: 'lines', title, size: 'third', x, y: { name: 'ms' }, lines },
  });
  const isMemoryKnown = [...bySize.values()].every(({ memory }) => memory.worker && memory.temporal);

  return [
    times('One more: accepted', [timeLine('accepted', 'product'), timeLine('leanAccepted', 'lean')]),
    times('One more: mailed', [timeLine('mailed', 'product'), timeLine('leanMailed', 'lean')]),
    times('One confirmed', [
      timeLine('confirmed', 'just invited'),
      timeLine('confirmedOldest', 'the oldest'),
      timeLine('leanConfirmed', 'lean'),
    ]),
    {
      ...{ kind: 'lines', title: 'Databases', size: 'half', x, y: { name: 'MiB more' } },
      lines: [bytesLine('ours', ({ storage }) => storage.ours), bytesLine("Temporal's", (at) => at.storage.temporals)],
    },
    ...(isMemoryKnown
      ? [
          {
            ...{ kind: 'lines' as const, title: 'Memory', size: 'half' as const, x, y: { name: 'MiB (RSS)' } },
            lines: [bytesLine('worker', (at) => at.memory.worker), bytesLine('Temporal', (at) => at.memory.temporal)],
          },
        ]
      : []),
  ];
}
