import { Router } from 'express';
import { showConsolePage } from './page.ts';
import type { SignedIn } from './signed-in.ts';

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
