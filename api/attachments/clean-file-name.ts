import { extname } from 'node:path';

export const MAX_FILE_NAME_LENGTH = 200;
/**
 * Control characters, line ends, what has no width, and what makes a name read in another order than it is written
 * (`gpj.exe` as `exe.jpg`).
 */
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\u200b\u2060\ufeff]/gu;
/** Longer than any that a program gives. */
const MAX_EXTENSION_LENGTH = 20;

/**
 * A file's name as it is kept: of a path the last part, without what cannot be seen, and no longer than
 * {@link MAX_FILE_NAME_LENGTH}, its extension kept. Blanks and points at its end go, too: Windows passes over them, and
 * `page.html.` would be a page.
 */
export function cleanFileName(name: string): string {
  const last = name.toWellFormed().split(/[/\\]/).at(-1)!;
  const seen = last
    .replaceAll(UNSEEN, '')
    .replace(/[\s.]+$/u, '')
    .trimStart();
  if (seen === '') return 'attachment';
  if (seen.length <= MAX_FILE_NAME_LENGTH) return seen;
  const extension = extname(seen).slice(0, MAX_EXTENSION_LENGTH);
  const stem = seen.slice(0, MAX_FILE_NAME_LENGTH - extension.length);
  return stem.replace(/[\ud800-\udbff]$/, '') + extension; // not half of a character
}
