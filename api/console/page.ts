import type { Request, Response } from 'express';
import { takeFlash } from '../flash.ts';
import { isFragment, type SignedIn } from './signed-in.ts';

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
  response.status(page.status ?? 200).render(`console/${page.view}`, {
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
