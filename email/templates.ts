import { readFileSync } from 'node:fs';
import Handlebars from 'handlebars';
import i18next, { type i18n, type ResourceLanguage } from 'i18next';
import type { Language } from '../vocabulary/languages.ts';
import { de } from './locales/de.ts';
import { en } from './locales/en.ts';

/** What the e-mails say, by language. The portal's pages have phrases of their own, which e-mails do not know. */
export const phrases = await createPhrases({ en, de });

/** Phrases by language. A phrase that a language lacks is English. */
export async function createPhrases(locales: Record<Language, ResourceLanguage>): Promise<i18n> {
  const instance = i18next.createInstance();
  await instance.init({
    resources: Object.fromEntries(
      Object.entries(locales).map(([language, translation]) => [language, { translation }]),
    ),
    fallbackLng: 'en',
    interpolation: { escapeValue: false }, // Handlebars escapes, and only where it is HTML
  });
  return instance;
}

const PARTIALS = ['layout.html', 'layout.text', 'quote.html', 'quote.text', 'button.html', 'link-written-out.html'];

const handlebars = Handlebars.create();
handlebars.registerHelper(
  't',
  function (this: Record<string, unknown>, key: string, { hash }: Handlebars.HelperOptions) {
    return phrases.t(key, { lng: String(this.language), ...this, ...hash });
  },
);
/**
 * `(phrase "body")` is `invitation.body` where the e-mail's kind is an invitation; `(phrase "action" manner)` is
 * `invitation.action.byPassword` where that is the manner.
 */
handlebars.registerHelper('phrase', function (this: { kind: string }, key: string, manner: unknown) {
  return typeof manner === 'string' ? `${this.kind}.${key}.${manner}` : `${this.kind}.${key}`;
});
for (const name of PARTIALS) handlebars.registerPartial(name, read(name));

/** An e-mail's template in HTML and in text, of the files `<name>.html.hbs` and `<name>.text.hbs`. */
export function compileTemplate(name: string) {
  return {
    html: handlebars.compile(read(`${name}.html`), { strict: true }),
    text: handlebars.compile(read(`${name}.text`), { strict: true, noEscape: true }),
  };
}

/** The e-mail's background. */
const PAPER = '#ffffff';
/** Between a button and what is around it (WCAG 2.2, success criterion 1.4.11). */
const VISIBLE_CONTRAST = 3;

/** The colours of text on a portal's colour `#rrggbb`, and of the edge around it. */
export function colorsBeside(color: string) {
  const onColor = readableOn(color);
  return { onColor, edge: contrast(color, PAPER) < VISIBLE_CONTRAST ? onColor : color };
}

/** A moment as an e-mail says it, in UTC: `Tuesday, 24 November 2026 at 12:00`. */
export function dateTime(language: Language, date: Date): string {
  return new Intl.DateTimeFormat(language, {
    dateStyle: 'full',
    timeStyle: 'short',
    timeZone: 'UTC',
  }).format(date);
}

function read(template: string): string {
  return readFileSync(new URL(`./templates/${template}.hbs`, import.meta.url), 'utf8');
}

/** Weights of red, green and blue in how light a colour is (WCAG 2.2, "relative luminance"). */
const WEIGHTS = [0.2126, 0.7152, 0.0722] as const;
const RGB = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i;

/** Black or white: whichever is easier to read on a colour `#rrggbb`. Its contrast is 4.5 at least, whatever the colour. */
export function readableOn(color: string): '#000000' | '#ffffff' {
  return contrast(color, '#ffffff') >= contrast(color, '#000000') ? '#ffffff' : '#000000';
}

/** Contrast of two colours `#rrggbb`, from 1 (the same) to 21 (black and white), as WCAG 2.2 defines it. */
export function contrast(one: string, other: string): number {
  const [dark, light] = [luminance(one), luminance(other)].toSorted((a, b) => a - b) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function luminance(color: string): number {
  const channels = RGB.exec(color)!
    .slice(1)
    .map((hex) => linear(Number.parseInt(hex, 16) / 255));
  return channels.reduce((sum, channel, i) => sum + channel * WEIGHTS[i]!, 0);
}

/** sRGB without its gamma curve. */
function linear(channel: number): number {
  return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
}
