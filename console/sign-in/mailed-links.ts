import type { Request, Response } from 'express';
import { pageWithin } from '../../web/same-origin.ts';
import { endSession } from '../../web/sessions.ts';
import { showConsolePage } from '../show-page.ts';

/** What every link shows that opens nothing (any more), whatever the reason. */
export function showDeadLink(request: Request, response: Response): void {
  const title = 'This link does not work any more';
  showConsolePage(request, response, { view: 'sign-in/dead-link', title, status: 410 });
}

/**
 * To the sign-in, which says what was done. The link is the recipient's, whoever is signed in in this browser: their session
 * ends here, so that nobody lands in somebody else's account.
 */
export async function leadToSignIn(
  request: Request,
  response: Response,
  done: 'accepted' | 'password',
  operatorId: string,
): Promise<void> {
  const signedIn = request.session.operatorId;
  if (signedIn !== undefined) await endSession(request);
  const wasOther = signedIn !== undefined && signedIn !== operatorId;
  response.redirect(303, `/console/sign-in?done=${done}${wasOther ? '&other=1' : ''}`);
}

const SIGNING_IN = /^\/(sign-(in|out)|forgotten-password)(\/|$)/;

/**
 * Where somebody who signs in wanted to go, as path and query: a page of this console, never another site, and never one of
 * the pages for signing in and out.
 */
export function nextPage(wanted: unknown): string {
  return pageWithin('/console', wanted, SIGNING_IN);
}
