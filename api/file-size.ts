import type { Language } from '../db/languages.ts';

const KILOBYTE = 1_000;
const MEGABYTE = 1_000_000;

/** A file's size as pages say it: `3 kB`, `1.2 MB`; nothing is less than 1 kB. */
export function fileSize(bytes: number, language: Language): string {
  const [unit, size] = bytes < MEGABYTE ? ['kilobyte', Math.ceil(bytes / KILOBYTE)] : ['megabyte', bytes / MEGABYTE];
  return new Intl.NumberFormat(language, { style: 'unit', unit, maximumFractionDigits: 1 }).format(size);
}
