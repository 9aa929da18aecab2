import type { ErrorRequestHandler, Response } from 'express';
import type { HelperOptions } from 'handlebars';
import type { Portal, PortalUser } from '../db/entities/index.ts';
import { createPhrases } from '../email/templates.ts';
import type { Language } from '../vocabulary/languages.ts';
import { sendPage, takeFlash } from '../web/flash.ts';
import { statusOf, toRefusal } from '../web/problem.ts';
import type { Services } from '../web/services.ts';
import { de } from './locales/de.ts';
import { en } from './locales/en.ts';
import { looksOf } from './portal-theme.ts';
import type { PortalLocals } from './require-signed-in.ts';

export interface Page {
  status: number;
  /** Path of the template below `portal/`, or the name of one of `portal/views/`. */
  view: string;
  language: Language;
  /** Whose page this is; absent where that is not known. */
  portal?: Portal | undefined;
  context?: Record<string, unknown>;
}

const phrases = await createPhrases({ en, de });

export function showPage(response: Response, { status, view, language, portal, context }: Page): void {
  const layout = 'portal/views/layout';
  const looks = portal && looksOf(portal);
  const path = view.includes('/') ? `portal/${view}` : `portal/views/${view}`;
  const signedIn = portal && signedInAs(response);
  // Another person may have opened a public page in this browser: what the session has to say is not for them.
  const flash = signedIn && takeFlash(response.req);
  const otherSessionEnded = response.locals.otherSessionEnded ?? response.req.query.other === 'ended';
  const page = { language, portalSlug: portal?.slug, flash, otherSessionEnded, signedIn, ...looks, ...context };
  response.status(status);
  sendPage(response, path, { layout, ...page });
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

/** The portal's last middleware: each problem as a page in the reader's language. */
export function showPortalProblem({ logger }: Services): ErrorRequestHandler {
  return (error, _request, response, next) => {
    if (response.headersSent) return next(error);
    const problem = toRefusal(error, logger);
    const { code, details } = problem;
    const status = statusOf(problem);
    const { portal, language } = response.locals as PortalLocals;
    if (details.retryAfter !== undefined) response.set('Retry-After', String(details.retryAfter));
    const known = code in en.problem ? code : status < 500 ? 'invalid_request' : 'internal_error';
    const title = phrase(language, `problem.${known}.title`);
    showPage(response, {
      status,
      view: 'problem',
      language,
      portal,
      context: { title, code: known, reason: details.detail },
    });
  };
}

const FORMATS: Record<Language, Intl.DateTimeFormat> = { en: format('en-GB'), de: format('de-DE') };

function format(locale: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' });
}

/** A point in time as the portal shows it: `24 Nov 2026, 11:02 UTC`. Where the reader is, nothing tells. */
export function portalMoment(at: Date, language: Language): { iso: string; text: string } {
  return { iso: at.toISOString(), text: `${FORMATS[language].format(at)} UTC` };
}
