import { z } from 'zod';
import { emailKey } from '../vocabulary/email-address.ts';
import { LANGUAGES, languageOf } from '../vocabulary/languages.ts';

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

/** An address that is only written to, never looked up. */
export const EmailAddressText = z
  .string()
  .refine(isOneLine, ONE_LINE)
  .trim()
  .refine((address) => emailKey(address) !== undefined, 'must be one plain e-mail address, such as jane@example.com')
  .meta({
    description: 'One plain address. International domains are welcome; quoted local parts are not.',
    example: 'jane@example.com',
  });

/** An address that identifies a person: commands get its key by `emailKey`. */
export const EmailAddress = EmailAddressText.brand<'EmailAddress'>();

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

/** Emoji as Unicode recommends them; some are joined by, or made of, characters that are refused elsewhere. */
const EMOJI = /\p{RGI_Emoji}/gv;
/**
 * What is seen of a text. Blank although they are letters or symbols: fillers of Hangul (default ignorable), the empty
 * Braille pattern, the null notehead.
 */
const VISIBLE = /[[\p{L}\p{N}\p{P}\p{S}\p{M}]--[\p{Default_Ignorable_Code_Point}\u2800\u{1d159}]]/v;
const VISIBLE_BASE = /[[\p{L}\p{N}\p{P}\p{S}]--[\p{Default_Ignorable_Code_Point}\u2800\u{1d159}]]/v;
/**
 * What only shapes the character before it: a variation selector (Mongolian, names in Han characters, emoji); a joiner or
 * non-joiner inside a word (Persian, Hindi), or at its end after a mark (older Malayalam). Compare RFC 5892, appendix A.1.
 */
const SHAPING = new RegExp(
  `(?<=${VISIBLE.source})\\p{Variation_Selector}` +
    `|(?<=${VISIBLE.source}\\p{Variation_Selector}?)[\\u200c\\u200d](?=${VISIBLE.source})` +
    '|(?<=\\p{M})[\\u200c\\u200d]',
  'gv',
);
/**
 * What is not seen and misleads: bidi controls (also the marks U+061C, U+200E and U+200F, which need no place in a name),
 * zero-width and other ignorable characters, annotations, halves of characters, and what is no character.
 */
const MISLEADING =
  /[\p{Bidi_Control}\p{Default_Ignorable_Code_Point}\u{fff9}-\u{fffb}\p{Cs}\p{Noncharacter_Code_Point}]/v;

/**
 * What is wrong with a name or a subject: text by which people recognise somebody or something, shown beside other text.
 * Undefined where nothing is.
 */
export function unseenIn(text: string): string | undefined {
  const [misleading] = MISLEADING.exec(text.replaceAll(EMOJI, 'x').replaceAll(SHAPING, '')) ?? [];
  if (misleading !== undefined) return `must not contain the invisible character ${codePoint(misleading)}`;
  return text.trim() === '' || VISIBLE_BASE.test(text) ? undefined : 'must contain visible characters';
}

function codePoint(character: string): string {
  return `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;
}
