import type { Response } from 'express';
import i18next from 'i18next';
import type { Portal } from '../../db/entities/index.ts';
import type { Language } from '../../db/languages.ts';
import { de } from './locales/de.ts';
import { en } from './locales/en.ts';
import { looksOf } from './looks.ts';

export interface Page {
  status: number;
  view: 'confirm' | 'notice';
  language: Language;
  /** Whose page this is; absent where that is not known. */
  portal?: Portal | undefined;
  context?: Record<string, unknown>;
}

const phrases = i18next.createInstance();
await phrases.init({
  resources: { en: { translation: en }, de: { translation: de } },
  fallbackLng: 'en',
  interpolation: { escapeValue: false }, // Handlebars escapes
});

export function showPage(response: Response, { status, view, language, portal, context }: Page): void {
  const layout = 'portal/views/layout';
  const looks = portal && looksOf(portal);
  response.status(status).render(`portal/views/${view}`, { layout, language, ...looks, ...context });
}

/** `{{t "confirm.title"}}`, `{{t "notice" code "title"}}`: a phrase in the page's language, its blanks filled from the context. */
export function translate(this: Record<string, unknown>, ...args: unknown[]): string {
  const path = args.slice(0, -1).join('.');
  return phrases.t(path, { lng: String(this.language), ...this });
}
