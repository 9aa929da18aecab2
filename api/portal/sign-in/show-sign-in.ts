import type { Response } from 'express';
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
