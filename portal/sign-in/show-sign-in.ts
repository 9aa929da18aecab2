import type { RequestHandler, Response } from 'express';
import type { PortalUser } from '../../db/entities/index.ts';
import { languageAt } from '../../vocabulary/languages.ts';
import type { PortalLocals } from '../require-signed-in.ts';
import { phrase, showPage } from '../show-page.ts';
import { type Draft, hiddenFields, nextPage } from './read-draft.ts';

/** What stands on the form besides its fields. Reasons are phrases below `signIn`. */
export interface SignInForm {
  status?: number;
  email?: string;
  next?: unknown;
  /** Why the last attempt failed. */
  refused?: 'wrong' | 'tooMany' | 'tooManyInARow' | 'unavailable' | 'unreachable' | undefined;
  /** Minutes until the next attempt. */
  count?: number;
  /** Where the portal can be reached. */
  publicUrl?: string;
  /** What was done a moment ago. */
  done?: 'passwordChanged' | undefined;
  /** The session ended before what was sent could be carried out. */
  ended?: boolean;
  draft?: Draft | undefined;
  hadFiles?: boolean;
}

/** The form to sign in at a portal, with what happened before. */
export function showSignIn(response: Response, { status = 200, next, draft, ended, ...context }: SignInForm): void {
  const { portal, language } = response.locals as PortalLocals;
  const drafted = hiddenFields(draft);
  showPage(response, {
    status,
    view: 'sign-in/sign-in',
    language,
    portal,
    context: {
      ...context,
      title: phrase(language, 'signIn.title'),
      next: nextPage(portal.slug, next),
      drafted,
      ended: ended && (drafted.length > 0 ? 'ended' : 'endedEmpty'),
    },
  });
}

/**
 * Instead of the form where somebody is signed in: who, and the way on or out. To lead on without a word would show one person's
 * account to another who shares the browser.
 */
export function showSignedIn(
  response: Response,
  { contact, locale }: PortalUser,
  { next, done }: Pick<SignInForm, 'next' | 'done'>,
): void {
  const { portal } = response.locals as PortalLocals;
  const language = languageAt(portal, locale);
  showPage(response, {
    status: 200,
    view: 'sign-in/signed-in',
    language,
    portal,
    context: {
      title: phrase(language, 'signIn.signedIn'),
      done,
      email: contact.getEntity().email,
      next: nextPage(portal.slug, next),
    },
  });
}

/** Where to go instead, at a portal whose customers have a site of the organisation's own: nobody signs in here. */
export const leadToOwnSite: RequestHandler = (_request, response, next) => {
  const { portal, language } = response.locals as PortalLocals;
  if (!portal.hasOwnSite) return next();
  const address = portal.afterConfirmingUrls[0];
  const context = {
    title: phrase(language, 'ownSite.title'),
    address,
    ownSite: address && new URL(address).host,
  };
  showPage(response, { status: 200, view: 'sign-in/own-site', language, portal, context });
};
