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
