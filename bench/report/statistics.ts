/** Where figures lie: their median, the least and the greatest. */
export interface Spread {
  median: number;
  low: number;
  high: number;
}

const threeDigits = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });
const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** The value below which the share `q` (0 to 1) of all values lies, interpolated. @throws Error where there are no values */
export function quantile(values: readonly number[], q: number): number {
  if (values.length === 0) throw new Error('Nothing was measured.');
  const sorted = values.toSorted((a, b) => a - b);
  const place = q * (sorted.length - 1);
  const below = sorted[Math.floor(place)]!;
  const above = sorted[Math.ceil(place)]!;
  return below + (above - below) * (place % 1);
}

/** @throws Error where there are no values */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** @throws Error where there are no values */
export function spread(values: readonly number[]): Spread {
  return { median: median(values), low: Math.min(...values), high: Math.max(...values) };
}

/** A figure as people read it: three digits that say something, or a whole number with its thousands set apart. */
export function readable(value: number): string {
  return (value < 1000 ? threeDigits : whole).format(value);
}

/** `12.3 (11.9–13.1)`, or `12.3` where nothing else was measured. */
export function readableSpread({ median, low, high }: Spread): string {
  if (low === high) return readable(median);
  return `${readable(median)} (${readable(low)}–${readable(high)})`;
}
