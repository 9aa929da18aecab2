import type { Request, Response } from 'express';
import type { SignedIn } from './signed-in.ts';

export interface ConsolePage {
  /** Path of the template below `console/`. */
  view: string;
  title: string;
  status?: number;
  /** The entry of the navigation that is marked as the current one. */
  section?: 'users' | 'contacts' | 'settings' | 'account';
  /** What the template prints. */
  context?: object;
}

/** A whole page of the console, or only its template where a script of ours wants a part of the page. */
export function showConsolePage(request: Request, response: Response, page: ConsolePage): void {
  const { operator, portals, portal, role } = response.locals as Partial<SignedIn> & {
    portal?: { slug: string; name: string };
    role?: string;
  };
  const flash = takeFlash(request);
  response.status(page.status ?? 200).render(`console/${page.view}`, {
    layout: 'console/layout',
    title: page.title,
    section: page.section && { [page.section]: true },
    operator,
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

/** Says something on the next page that this browser is shown. */
export function flash(request: Request, kind: 'done' | 'problem', text: string): void {
  request.session.flash = { kind, text };
}

function takeFlash(request: Request) {
  const flash = request.session?.flash;
  if (flash === undefined) return undefined;
  delete request.session.flash;
  return { text: flash.text, isProblem: flash.kind === 'problem' };
}
