import { type ErrorRequestHandler, type Request, type Response, Router } from 'express';
import type { RefusalCode } from '../vocabulary/refusal.ts';
import { sendPage, takeFlash } from '../web/flash.ts';
import { statusOf, toRefusal } from '../web/problem.ts';
import type { Services } from '../web/services.ts';
import { isFragment, type SignedIn } from './require-signed-in.ts';

export interface ConsolePage {
  /** Path of the template below `console/`. */
  view: string;
  title: string;
  status?: number;
  /** The entry of the navigation that is marked as the current one. */
  section?: 'users' | 'requests' | 'contacts' | 'settings' | 'account';
  /** What the template prints. */
  context?: object;
}

/** A whole page of the console, or only its template where a script of ours wants a part of the page. */
export function showConsolePage(request: Request, response: Response, page: ConsolePage): void {
  const { operator, name, portals, portal, role } = response.locals as Partial<SignedIn> & {
    portal?: { slug: string; name: string };
    role?: string;
  };
  // For a page that a person opens, and only that person: not for a public page that another one opens in this browser.
  const flash = isFragment(request) || operator === undefined ? undefined : takeFlash(request);
  response.status(page.status ?? 200);
  sendPage(response, `console/${page.view}`, {
    layout: 'console/layout',
    title: page.title,
    section: page.section && { [page.section]: true },
    operator,
    operatorName: name,
    portal: portal && { slug: portal.slug, name: portal.name },
    isOwner: role === 'owner',
    hasSeveralPortals: (portals?.length ?? 0) > 1,
    flash,
    ...page.context,
  });
}

/** A part of a page, for a script of ours that puts it in its place. */
export function showFragment(response: Response, view: string, context: object): void {
  response.render(`console/${view}`, { layout: false, ...context });
}

/** Titles that speak to a person at a page rather than to a program. */
const TITLES: Partial<Record<RefusalCode, string>> = {
  invalid_request: 'This request could not be understood',
  not_found: 'There is no such page',
  forbidden: 'You may not do that',
  unavailable: 'A part of the service is down at the moment',
};

/** The console's last middleware: each problem as a page that says what to do, or as a line for a part of one. */
export function showProblem({ logger }: Services): ErrorRequestHandler {
  return (error, request, response, next) => {
    if (response.headersSent) return next(error);
    const problem = toRefusal(error, logger);
    const status = statusOf(problem);
    const title = TITLES[problem.code] ?? problem.title;
    const { retryAfter, detail, errors } = problem.details;
    if (retryAfter !== undefined) response.set('Retry-After', String(retryAfter));
    response.status(status);
    const mayBeDone = request.method !== 'GET';
    const context = { heading: title, detail, errors, canTryAgain: status >= 500, mayBeDone };
    if (isFragment(request)) return showFragment(response, 'problem-line', context);
    showConsolePage(request, response, { view: 'problem', title, status, context });
  };
}

/** `/console`: straight to the portal users where there is only one portal, else a choice. */
export function portalChoice(): Router {
  const router = Router();
  router.get('/', (request, response) => {
    const { portals } = response.locals as unknown as SignedIn;
    if (portals.length === 1) return response.redirect(303, `/console/${portals[0]!.portal.slug}/users`);
    const choices = portals.map(({ portal, role }) => ({ name: portal.name, slug: portal.slug, role }));
    showConsolePage(request, response, { view: 'portal-choice', title: 'Your portals', context: { choices } });
  });
  return router;
}
