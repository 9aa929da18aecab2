import { Console } from 'node:console';
import { SEED } from './seed.ts';

/** Jest's own console adds the place of each call. */
const plain = new Console(process.stdout, process.stderr);

type Figures = Record<string, string | number>;

/** Prints what a part of the fault tests did and saw, with the seed of its random choices: one figure a line, or a table. */
export function report(part: string, table: Figures | Record<string, Figures>): void {
  plain.log(`\n== ${part} (FAULTS_SEED=${SEED})`);
  plain.table(table);
}

/** How often each value occurs, as `200: 12, 503: 3`. */
export function tally(values: readonly (string | number)[]): string {
  const counts = new Map<string | number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].map(([value, count]) => `${value}: ${count}`).join(', ');
}
