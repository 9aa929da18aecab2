import { fileURLToPath } from 'node:url';
import type { Express, Response } from 'express';
import { engine } from 'express-handlebars';
import i18next from 'i18next';
import type { Language } from '../../db/languages.ts';
import { de } from './locales/de.ts';
import { en } from './locales/en.ts';

export interface Page {
  status: number;
  view: 'confirm' | 'notice';
  language: Language;
  /** Shown at the top; absent where it is not known whose page this is. */
  portalName?: string | undefined;
  context?: Record<string, unknown>;
}

const phrases = i18next.createInstance();
await phrases.init({
  resources: { en: { translation: en }, de: { translation: de } },
  fallbackLng: 'en',
  interpolation: { escapeValue: false }, // Handlebars escapes
});

/** Teaches the app to render the pages beside this file. */
export function installPages(app: Express): void {
  const views = fileURLToPath(new URL('./views', import.meta.url));
  app.engine('hbs', engine({ extname: '.hbs', layoutsDir: views, defaultLayout: 'layout', helpers: { t: translate } }));
  app.set('view engine', 'hbs');
  app.set('views', views);
}

export function showPage(response: Response, { status, view, language, portalName, context }: Page): void {
  response.status(status).render(view, { language, portalName, ...context });
}

/** `{{t "confirm.title"}}`, `{{t "notice" code "title"}}`: a phrase in the page's language, its blanks filled from the context. */
function translate(this: Record<string, unknown>, ...args: unknown[]): string {
  const path = args.slice(0, -1).join('.');
  return phrases.t(path, { lng: String(this.language), ...this });
}
