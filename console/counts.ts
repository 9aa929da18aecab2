import { COUNT_BOUND, type Count } from '../db/queries/bounded-count.ts';
import type { Page } from '../db/queries/read-page.ts';
import type { StatusLabel } from './labels.ts';

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
export function formatCount(count: Count): ShownCount | undefined {
  if (count === 'unknown') return undefined;
  if (count === 'many') return { shown: `${number.format(COUNT_BOUND)}+`, spoken: MANY, isMany: true, isOne: false };
  const digits = number.format(count);
  return { shown: digits, spoken: digits, isMany: false, isOne: count === 1 };
}

/** How many match a view. What was not counted is known all the same where one page holds them all. */
export function formatMatchingCount(matching: Count, { rows, nextCursor, previousCursor }: Page<unknown>) {
  const isAll = nextCursor === null && previousCursor === null;
  return formatCount(matching === 'unknown' && isAll ? rows.length : matching);
}

/** One filter of a list. */
export interface ListFilter<Value extends string> {
  title: string;
  labels: Record<Value, StatusLabel>;
  counts: Record<Value, Count>;
  current: Value | undefined;
  /** Of the view with this value; undefined: with any. */
  addressOf(value: Value | undefined): string;
}

/**
 * A filter with how many there are of each value, where that is known, each a link to the view that it makes: the context of
 * the partial `facet`. What nobody has is left out.
 */
export function listFilterLinks<Value extends string>({
  title,
  labels,
  counts,
  current,
  addressOf,
}: ListFilter<Value>) {
  const all = { name: 'All', href: addressOf(undefined), isCurrent: current === undefined };
  const options = (Object.keys(labels) as Value[])
    .filter((value) => counts[value] !== 0 || current === value)
    .map((value) => ({
      name: labels[value].name,
      count: formatCount(counts[value]),
      href: addressOf(value),
      isCurrent: current === value,
    }));
  return { title, options: [all, ...options] };
}
