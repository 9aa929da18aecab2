import { COUNT_BOUND, type Count } from '../../db/queries/bounded-count.ts';
import type { Page } from '../../db/queries/read-page.ts';

const number = new Intl.NumberFormat('en');

/** How "more than are counted" is said in a sentence. */
export const MANY = `more than ${number.format(COUNT_BOUND)}`;

/** A count as pages show it: the context of the partial `count`. */
export interface ShownCount {
  shown: string;
  /** The same to be read aloud or in a sentence. */
  spoken: string;
  isMany: boolean;
  isOne: boolean;
}

/** Shows a count; nothing of one that is not known. */
export function presentCount(count: Count): ShownCount | undefined {
  if (count === 'unknown') return undefined;
  if (count === 'many') return { shown: `${number.format(COUNT_BOUND)}+`, spoken: MANY, isMany: true, isOne: false };
  const digits = number.format(count);
  return { shown: digits, spoken: digits, isMany: false, isOne: count === 1 };
}

/** How many match a view. What was not counted is known all the same where one page holds them all. */
export function presentMatching(matching: Count, { rows, nextCursor, previousCursor }: Page<unknown>) {
  const isAll = nextCursor === null && previousCursor === null;
  return presentCount(matching === 'unknown' && isAll ? rows.length : matching);
}
