import { Router } from 'express';
import { findPortal } from '../db/queries/authorization.ts';
import { languageAt } from '../vocabulary/languages.ts';
import { Refusal } from '../vocabulary/refusal.ts';
import { leadsTo } from '../web/after-confirming.ts';
import { allowMethods } from '../web/allow-methods.ts';
import type { Services } from '../web/services.ts';
import { languageOfBrowser, signInLink, wantsJson } from './show-confirmation.ts';
import { showPage } from './show-page.ts';

/** The page to which a confirmation redirects, and which leads on. It names nobody: the link signs nobody in. */
export function welcomePage({ database }: Services): Router {
  const router = Router();
  router.all('/:portal/welcome', allowMethods('GET'));
  router.get('/:portal/welcome', async (request, response) => {
    const portal = await findPortal(database.em.fork(), request.params.portal);
    if (portal === null) {
      if (wantsJson(request)) throw new Refusal('not_found');
      const language = languageOfBrowser(request);
      return showPage(response, { status: 404, view: 'notice', language, context: { code: 'not_found' } });
    }
    if (wantsJson(request)) {
      response.json({ portal: portal.slug, confirmationStatus: 'confirmed' });
      return;
    }
    const language = languageAt(portal, String(request.query.language));
    const address = leadsTo(portal, request.query.to);
    const context =
      address === undefined
        ? { code: 'welcome', ...signInLink(portal.slug) }
        : { code: 'leading_on', leadsTo: address, wayIn: address, ownSite: new URL(address).host };
    showPage(response, { status: 200, view: 'notice', language, portal, context });
  });
  return router;
}
