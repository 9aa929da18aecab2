/**
 * Counting goes no further than this: a page that counts takes as long at a million rows as at ten thousand, some milliseconds,
 * and whoever looks at a list has no use for the digits behind "10,000+".
 */
export const COUNT_BOUND = 10_000;

/** How many there are; `many`: more than the bound; `unknown`: some part of more than the bound. */
export type Count = number | 'many' | 'unknown';

/**
 * Counts what was counted cell by cell: a number is the sum of the cells that have the wanted values (undefined: any).
 *
 * @param counted `each`: every cell up to one more than the bound, so that a sum is exact unless one of its cells is cut;
 *   `together`: all cells that, so that they tell nothing of each other when they are cut
 */
export function sums<Cell extends { count: number }>(
  cells: Cell[],
  counted: 'each' | 'together',
  bound: number,
): (wanted: Partial<Cell>) => Count {
  const total = (some: Cell[]) => some.reduce((sum, { count }) => sum + count, 0);
  const isCut = counted === 'together' && total(cells) > bound;
  return (wanted) => {
    const entries = Object.entries(wanted).filter(([, value]) => value !== undefined) as [keyof Cell, unknown][];
    if (isCut) return entries.length === 0 ? 'many' : 'unknown';
    const fitting = cells.filter((cell) => entries.every(([key, value]) => cell[key] === value));
    return fitting.some(({ count }) => count > bound) ? 'many' : total(fitting);
  };
}

/** Words of our vocabulary as rows of SQL. */
export function rowsOf(words: readonly string[]): string {
  return `(values ${words.map((word) => `('${word}')`).join(', ')})`;
}
