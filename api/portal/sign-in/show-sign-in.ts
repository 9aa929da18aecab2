import type { Response } from 'express';
import type { PortalUser } from '../../../db/entities/index.ts';
import { languageAt } from '../../../db/languages.ts';
import { phrase, showPage } from '../pages.ts';
import type { PortalLocals } from '../signed-in.ts';
import { nextPage } from './next-page.ts';
import { type Draft, hiddenFields } from './read-draft.ts';

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
