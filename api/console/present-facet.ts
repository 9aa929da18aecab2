import type { Count } from '../../db/queries/bounded-count.ts';
import { presentCount } from './present-count.ts';
import type { Label } from './users/names.ts';

/** One filter of a list. */
export interface Facet<Value extends string> {
  title: string;
  labels: Record<Value, Label>;
  counts: Record<Value, Count>;
  current: Value | undefined;
  /** Of the view with this value; undefined: with any. */
  addressOf(value: Value | undefined): string;
}

/**
 * A filter with how many there are of each value, where that is known, each a link to the view that it makes: the context of
 * the partial `facet`. What nobody has is left out.
 */
export function presentFacet<Value extends string>({ title, labels, counts, current, addressOf }: Facet<Value>) {
  const all = { name: 'All', href: addressOf(undefined), isCurrent: current === undefined };
  const options = (Object.keys(labels) as Value[])
    .filter((value) => counts[value] !== 0 || current === value)
    .map((value) => ({
      name: labels[value].name,
      count: presentCount(counts[value]),
      href: addressOf(value),
      isCurrent: current === value,
    }));
  return { title, options: [all, ...options] };
}
