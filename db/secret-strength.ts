/** A random secret of our shortest lengths has more, but for one in thousands. */
const FEWEST_DIFFERENT = 6;

/**
 * What is wrong with a secret that is long enough but was typed rather than drawn: one character over and over, a pattern
 * that repeats, a placeholder of an example. Undefined: nothing that can be seen.
 */
export function weakness(secret: string | Uint8Array): string | undefined {
  const parts = [...secret];
  if (new Set(parts).size < FEWEST_DIFFERENT) return 'repeats a few characters';
  if (isPattern(parts)) return 'repeats a pattern';
  if (/change[-_ ]?me/i.test(Buffer.from(secret as string).toString('latin1'))) return 'is a placeholder';
  return undefined;
}

/** Whether something of at most half its length, over and over, makes it. */
function isPattern(parts: unknown[]): boolean {
  const repeatsAfter = (length: number) => parts.every((part, i) => i < length || part === parts[i - length]);
  return parts.some((_part, length) => length > 0 && length <= parts.length / 2 && repeatsAfter(length));
}
