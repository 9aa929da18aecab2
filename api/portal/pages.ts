import type { Response } from 'express';
import type { HelperOptions } from 'handlebars';
import i18next from 'i18next';
import type { Portal, PortalUser } from '../../db/entities/index.ts';
import type { Language } from '../../db/languages.ts';
import { takeFlash } from '../flash.ts';
import { de } from './locales/de.ts';
import { en } from './locales/en.ts';
import { looksOf } from './looks.ts';

export interface Page {
  status: number;
  /** Path of the template below `portal/`, or the name of one of `portal/views/`. */
  view: string;
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
  const path = view.includes('/') ? `portal/${view}` : `portal/views/${view}`;
  const signedIn = portal && signedInAs(response);
  // Another person may have opened a public page in this browser: what the session has to say is not for them.
  const flash = signedIn && takeFlash(response.req);
  const otherSessionEnded = response.locals.otherSessionEnded ?? response.req.query.other === 'ended';
  const page = { language, portalSlug: portal?.slug, flash, otherSessionEnded, signedIn, ...looks, ...context };
  response.status(status).render(path, { layout, ...page });
}

/** Whose name stands in the head of pages for who is signed in. */
function signedInAs({ locals }: Response): { id: string; name: string } | undefined {
  const { portalUser } = locals as { portalUser?: PortalUser };
  return portalUser && { id: portalUser.id, name: portalUser.contact.getEntity().name };
}

/** A phrase in a language, its blanks filled: `phrase('de', 'signIn.title')`. */
export function phrase(language: Language, path: string, blanks: Record<string, unknown> = {}): string {
  return phrases.t(path, { lng: language, ...blanks });
}

/** `{{t "confirm.title"}}`, `{{t "notice" code "title"}}`: a phrase in the page's language, its blanks filled from the context. */
export function translate(this: Record<string, unknown>, ...args: unknown[]): string {
  const path = args.slice(0, -1).join('.');
  const { root } = (args.at(-1) as Partial<HelperOptions>).data ?? {}; // the page, also from within a row of it
  return phrases.t(path, { lng: String(this.language ?? root?.language), ...this });
}
