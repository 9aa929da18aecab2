import { readFileSync } from 'node:fs';
import Handlebars from 'handlebars';
import i18next from 'i18next';
import type { Language } from '../../db/languages.ts';
import { de } from './locales/de.ts';
import { en } from './locales/en.ts';
import { contrast, readableOn } from './readable-on.ts';

/** What the e-mails say, by language. */
export const phrases = i18next.createInstance();
await phrases.init({
  resources: { en: { translation: en }, de: { translation: de } },
  fallbackLng: 'en',
  interpolation: { escapeValue: false }, // Handlebars escapes, and only where it is HTML
});

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

/** Of the sheet on which the e-mail is written. */
const PAPER = '#ffffff';
/** Between a button and what is around it (WCAG 2.2, success criterion 1.4.11). */
const VISIBLE_CONTRAST = 3;

/** What stands on a portal's colour `#rrggbb`, and around it. */
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
