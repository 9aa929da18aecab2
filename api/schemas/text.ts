import { z } from 'zod';
import { emailKey } from '../../db/email-address.ts';
import { LANGUAGES, languageOf } from '../../db/languages.ts';
import { unseenIn } from './visible-text.ts';

/** Control characters and line ends: what a header or a single line of text must not hold. */
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}]/u;
const ONE_LINE = { message: 'must be one line without control characters', abort: true };

/** One line of text, its outer blanks trimmed. A line end is refused wherever it stands: whoever sends one means no good. */
export function line(maxLength: number) {
  return trimmed(z.string().refine(isOneLine, ONE_LINE), maxLength);
}

/**
 * A line by which people recognise somebody or something: a name, a subject. Refuses what is not seen in it and misleads.
 */
export function title(maxLength: number) {
  return trimmed(
    z
      .string()
      .refine(isOneLine, ONE_LINE)
      .superRefine((text, context) => {
        const message = unseenIn(text);
        if (message !== undefined) context.addIssue({ code: 'custom', message });
      }),
    maxLength,
  );
}

function trimmed(text: z.ZodString, maxLength: number) {
  return text.trim().min(1, 'must not be empty').max(maxLength, `must have at most ${maxLength} characters`);
}

function isOneLine(text: string): boolean {
  return !CONTROL.test(text);
}

const LINE_END = /\r\n?|[\p{Zl}\p{Zp}]/gu;
const CONTROL_BUT_LINE_END = /(?!\n)\p{Cc}/u;
const CONTROL_BUT_LINE_END_AND_TAB = /(?![\n\t])\p{Cc}/u;

function severalLines(maxLength: number, refused: RegExp) {
  return z
    .string()
    .transform((text) => text.replaceAll(LINE_END, '\n').trim())
    .pipe(
      z
        .string()
        .refine((text) => !refused.test(text), 'must not hold control characters other than line ends')
        .max(maxLength, `must have at most ${maxLength} characters`),
    );
}

/** Text of several lines, which end in `\n` whatever they came with, its outer blanks trimmed. Blank: null. */
export function paragraphs(maxLength: number) {
  return severalLines(maxLength, CONTROL_BUT_LINE_END).transform((text) => (text === '' ? null : text));
}

/** The same, where something must be written. Tabs may stand in it: people paste. */
export function writtenParagraphs(maxLength: number) {
  return severalLines(maxLength, CONTROL_BUT_LINE_END_AND_TAB).pipe(z.string().min(1, 'must not be empty'));
}

export const Name = title(500).meta({
  description: 'A name, as it is written, without invisible characters.',
  example: 'Jane Doe',
});

export const EmailAddress = z
  .string()
  .refine(isOneLine, ONE_LINE)
  .trim()
  .refine((address) => emailKey(address) !== undefined, 'must be one plain e-mail address, such as jane@example.com')
  .meta({
    description: 'One plain address. International domains are welcome; quoted local parts are not.',
    example: 'jane@example.com',
  });

/** Longer than any tag in use (RFC 5646, section 4.4.1, speaks of 35). */
const MAX_LOCALE_LENGTH = 100;

export const Locale = z
  .string()
  .max(MAX_LOCALE_LENGTH, `must have at most ${MAX_LOCALE_LENGTH} characters`)
  .transform((tag, context) => {
    try {
      const locale = Intl.getCanonicalLocales(tag)[0]!;
      if (languageOf(locale) !== undefined) return locale;
      context.addIssue({
        code: 'custom',
        message: `must be one of ${LANGUAGES.join(', ')}, or of a region, such as de-AT`,
      });
    } catch {
      context.addIssue({ code: 'custom', message: 'must be a BCP 47 language tag, such as en or de-AT' });
    }
    return z.NEVER;
  })
  .meta({
    description: `BCP 47 language tag of a language that there is: ${LANGUAGES.join(', ')}.`,
    example: 'de-AT',
    override: { type: 'string' },
  });

/** In small letters, whichever it was sent in: so Postgres writes it. */
export const Id = z.uuid().toLowerCase().meta({ example: '019b2f6e-9d0c-7a55-b6f3-3a0f1c2d4e5f' });

/** RFC 3339, UTC. */
export const Timestamp = z.iso.datetime();
