import type { Label } from './users/names.ts';

const number = new Intl.NumberFormat('en');

/** One filter of a list. */
export interface Facet<Value extends string> {
  title: string;
  labels: Record<Value, Label>;
  counts: Record<Value, number>;
  current: Value | undefined;
  /** Of the view with this value; undefined: with any. */
  addressOf(value: Value | undefined): string;
}

/** A filter with how many there are of each value, each a link to the view that it makes: the context of the partial `facet`. */
export function presentFacet<Value extends string>({ title, labels, counts, current, addressOf }: Facet<Value>) {
  const all = { name: 'All', href: addressOf(undefined), isCurrent: current === undefined };
  const options = (Object.keys(labels) as Value[])
    .filter((value) => counts[value] > 0 || current === value)
    .map((value) => ({
      name: labels[value].name,
      count: number.format(counts[value]),
      href: addressOf(value),
      isCurrent: current === value,
    }));
  return { title, options: [all, ...options] };
}
