import { readFileSync } from 'node:fs';
import Handlebars from 'handlebars';
import i18next from 'i18next';
import type { Language } from '../../db/languages.ts';
import { de } from './locales/de.ts';
import { en } from './locales/en.ts';

export interface InvitationContent {
  kind: 'invitation' | 'reminder';
  portalName: string;
  name: string;
  link: string;
  /** How long the link is good for, counted from the first e-mail of its generation. */
  validitySeconds: number;
  /** When it ends, known from the first accepted e-mail on. */
  expiresAt: Date | null | undefined;
}

const phrases = i18next.createInstance();
await phrases.init({
  resources: { en: { translation: en }, de: { translation: de } },
  fallbackLng: 'en',
  interpolation: { escapeValue: false }, // Handlebars escapes, and only where it is HTML
});

const handlebars = Handlebars.create();
handlebars.registerHelper(
  't',
  function (this: Record<string, unknown>, key: string, { hash }: Handlebars.HelperOptions) {
    return phrases.t(key, { lng: String(this.language), ...this, ...hash });
  },
);
/** `(phrase "body")` is `invitation.body` or `reminder.body`. */
handlebars.registerHelper('phrase', function (this: InvitationContent, key: string) {
  return `${this.kind}.${key}`;
});
handlebars.registerPartial('layout.html', read('layout.html.hbs'));
handlebars.registerPartial('layout.text', read('layout.text.hbs'));
const html = handlebars.compile(read('invitation.html.hbs'), { strict: true });
const text = handlebars.compile(read('invitation.text.hbs'), { strict: true, noEscape: true });

/** Subject, HTML and text of an invitation e-mail in one language. Pure: the same content gives the same bytes. */
export function renderInvitation(language: Language, content: InvitationContent) {
  const context = {
    ...content,
    language,
    validity: duration(language, content.validitySeconds),
    deadline: content.expiresAt ? dateTime(language, content.expiresAt) : null,
  };
  return {
    subject: phrases.t(`${content.kind}.subject`, { lng: language, ...context }),
    html: html(context),
    text: text(context),
  };
}

const HOUR_SECONDS = 3_600;
const DAY_SECONDS = 86_400;

function duration(language: Language, seconds: number): string {
  const inDays = seconds >= 2 * DAY_SECONDS;
  const count = Math.max(1, Math.floor(seconds / (inDays ? DAY_SECONDS : HOUR_SECONDS)));
  return new Intl.NumberFormat(language, {
    style: 'unit',
    unit: inDays ? 'day' : 'hour',
    unitDisplay: 'long',
  }).format(count);
}

function dateTime(language: Language, date: Date): string {
  return new Intl.DateTimeFormat(language, {
    dateStyle: 'full',
    timeStyle: 'short',
    timeZone: 'UTC',
  }).format(date);
}

function read(template: string): string {
  return readFileSync(new URL(`./templates/${template}`, import.meta.url), 'utf8');
}
