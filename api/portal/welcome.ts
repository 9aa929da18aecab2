import { Router } from 'express';
import { Portal } from '../../db/entities/index.ts';
import { languageAt } from '../../db/languages.ts';
import { Problem } from '../problem.ts';
import { Slug } from '../schemas/portal.ts';
import type { Services } from '../services.ts';
import { leadsTo } from './after-confirming.ts';
import { languageOfBrowser, signInLink, wantsJson } from './confirmation-answers.ts';
import { showPage } from './pages.ts';

/** Where a confirmation leads, and on from there. Says nothing of anybody: the link signs nobody in. */
export function welcomePage({ database }: Services): Router {
  const router = Router();
  router.get('/:portal/welcome', async (request, response) => {
    const slug = Slug.safeParse(request.params.portal).data;
    const portal = slug === undefined ? null : await database.em.fork().findOne(Portal, { slug });
    if (portal === null) {
      if (wantsJson(request)) throw new Problem('not_found');
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
