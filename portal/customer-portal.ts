import { type Request, type RequestHandler, Router, urlencoded } from 'express';
import type { Portal } from '../db/entities/index.ts';
import { findPortal } from '../db/queries/authorization.ts';
import { languageAt } from '../vocabulary/languages.ts';
import { Refusal } from '../vocabulary/refusal.ts';
import { allowPageMethods } from '../web/allow-methods.ts';
import type { Sender } from '../web/limit-request-bodies.ts';
import { refuseUnsafeValues } from '../web/read-json.ts';
import { keepAddressSecret, requireSameOrigin } from '../web/same-origin.ts';
import type { Services } from '../web/services.ts';
import { readSession } from '../web/sessions.ts';
import { requestPages } from './requests/request-list.ts';
import { languageOfBrowser } from './show-confirmation.ts';
import { showPortalProblem } from './show-page.ts';
import { portalSignInPages } from './sign-in/sign-in-form.ts';

/** The longest text of a request, each character of which may take nine bytes in a form. */
const BODY_LIMIT = 204_800;

/** `/p/:portal`: the customer portal of one organisation, for its confirmed portal users. */
export function customerPortal(services: Services): Router {
  const router = Router();
  router.use(portalHeaders, allowPageMethods);
  router.use('/:portal/reset', keepAddressSecret);
  router.use('/:portal', requirePortal(services));
  router.use('/:portal', sessionsByPortal(services));
  router.use(requireSameOrigin(services.publicUrl));
  router.use(
    services.bodies.within(senderOf, urlencoded({ extended: false, limit: BODY_LIMIT }), BODY_LIMIT),
    refuseUnsafeValues,
  );
  router.use('/:portal', portalSignInPages(services), requestPages(services));
  router.use(() => {
    throw new Refusal('not_found');
  });
  router.use(showPortalProblem(services));
  return router;
}

const portalHeaders: RequestHandler = (request, response, next) => {
  response.locals.language = languageOfBrowser(request);
  response.set({
    'Cache-Control': 'no-store',
    'X-Robots-Tag': 'noindex',
    'Referrer-Policy': 'same-origin', // the page with a form is found again by it when the session has ended
  });
  next();
};

/** Nothing is open before the first portal user was added. @throws Refusal `not_found`, `portal_not_open` */
function requirePortal({ database }: Services): RequestHandler {
  return async (request, response, next) => {
    response.locals.language = languageOfBrowser(request);
    const portal = await findPortal(database.em.fork(), request.params.portal as string);
    if (portal === null) throw new Refusal('not_found');
    Object.assign(response.locals, { portal, language: languageAt(portal, response.locals.language) });
    if (!portal.enabled) throw new Refusal('portal_not_open');
    next();
  };
}

/** Each portal has a cookie of its own, so that one portal's says nothing at another. */
function sessionsByPortal(services: Services): RequestHandler {
  return async (request, response, next) => {
    const { slug } = response.locals.portal as Portal;
    await readSession(request, services, `portal_${slug}`);
    next();
  };
}

/** Portal users who are signed in are not held up by forms of others. */
function senderOf({ session }: Request): Sender {
  return session.portalUserId === undefined ? 'anonymous' : 'signed_in';
}
