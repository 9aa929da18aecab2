import type { Language } from '../../db/languages.ts';

const FORMATS: Record<Language, Intl.DateTimeFormat> = { en: format('en-GB'), de: format('de-DE') };

function format(locale: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' });
}

/** A point in time as the portal shows it: `24 Nov 2026, 11:02 UTC`. Where the reader is, nothing tells. */
export function portalMoment(at: Date, language: Language): { iso: string; text: string } {
  return { iso: at.toISOString(), text: `${FORMATS[language].format(at)} UTC` };
}
