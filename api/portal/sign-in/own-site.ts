import type { RequestHandler } from 'express';
import { phrase, showPage } from '../pages.ts';
import type { PortalLocals } from '../signed-in.ts';

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
