/** A point in time as the console shows it: told from now, with the exact one behind it. */
export interface Moment {
  iso: string;
  /** `24 Nov 2026, 11:02 UTC` */
  exact: string;
  /** `24 Nov 2026` */
  date: string;
  /** `20 seconds ago`, `in 3 days`; a date beyond a month. */
  text: string;
}

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
];
/** Beyond it a date says more than a number of days. */
const RELATIVE_SECONDS = 31 * 86_400;

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const date = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' });
const dateTime = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' });

export function moment(at: Date | null | undefined, now = new Date()): Moment | null {
  if (!at) return null;
  const seconds = (at.getTime() - now.getTime()) / 1000;
  const far = Math.abs(seconds) > RELATIVE_SECONDS;
  return {
    iso: at.toISOString(),
    exact: `${dateTime.format(at)} UTC`,
    date: date.format(at),
    text: far ? date.format(at) : fromNow(seconds),
  };
}

function fromNow(seconds: number): string {
  const [unit, size] = UNITS.find(([, unitSize]) => Math.abs(seconds) >= unitSize) ?? UNITS.at(-1)!;
  const count = Math.round(seconds / size);
  return count === 0 ? 'just now' : relative.format(count, unit);
}

/** `20 seconds`, `3 days`: how long something takes. */
export function duration(seconds: number): string {
  const [unit, size] = UNITS.find(([, unitSize]) => seconds >= unitSize && seconds % unitSize === 0) ?? UNITS.at(-1)!;
  return new Intl.NumberFormat('en', { style: 'unit', unit, unitDisplay: 'long' }).format(seconds / size);
}
