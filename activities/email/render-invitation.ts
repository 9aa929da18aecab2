import { readFileSync } from 'node:fs';
import Handlebars from 'handlebars';
import i18next from 'i18next';
import type { InvitationEmailContent } from '../../db/invitation-email-content.ts';
import type { Language } from '../../db/languages.ts';
import { de } from './locales/de.ts';
import { en } from './locales/en.ts';
import { contrast, readableOn } from './readable-on.ts';

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
handlebars.registerHelper('phrase', function (this: InvitationEmailContent, key: string) {
  return `${this.kind}.${key}`;
});
handlebars.registerPartial('layout.html', read('layout.html.hbs'));
handlebars.registerPartial('layout.text', read('layout.text.hbs'));
const html = handlebars.compile(read('invitation.html.hbs'), { strict: true });
const text = handlebars.compile(read('invitation.text.hbs'), { strict: true, noEscape: true });

/** Of the sheet on which the e-mail is written. */
const PAPER = '#ffffff';
/** Between a button and what is around it (WCAG 2.2, success criterion 1.4.11). */
const VISIBLE_CONTRAST = 3;

/** Subject, HTML and text of an invitation e-mail. Pure: the same content and link give the same bytes. */
export function renderInvitation(content: InvitationEmailContent, link: string) {
  const { kind, language, color, note, validitySeconds, expiresAt } = content;
  const onColor = readableOn(color);
  const context = {
    ...content,
    link,
    onColor,
    edge: contrast(color, PAPER) < VISIBLE_CONTRAST ? onColor : color,
    noteLines: note?.split('\n') ?? [],
    validity: duration(language, validitySeconds),
    deadline: expiresAt === null ? null : dateTime(language, new Date(expiresAt)),
  };
  return {
    subject: phrases.t(`${kind}.subject`, { lng: language, ...context }),
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
