import { type Request, type RequestHandler, Router, urlencoded } from 'express';
import { Portal } from '../../db/entities/index.ts';
import { languageAt } from '../../db/languages.ts';
import { allowMethods } from '../allow-methods.ts';
import type { Sender } from '../bodies.ts';
import { Problem } from '../problem.ts';
import { refuseTraps } from '../read-json.ts';
import { requireSameOrigin } from '../same-origin.ts';
import { saveBeforeRedirect } from '../save-before-redirect.ts';
import { Slug } from '../schemas/portal.ts';
import { keepAddressSecret } from '../secret-address.ts';
import type { Services } from '../services.ts';
import { sessions } from '../sessions.ts';
import { languageOfBrowser } from './confirmation-answers.ts';
import { showPortalProblem } from './portal-problem.ts';
import { requestPages } from './requests/requests.ts';
import { portalSignInPages } from './sign-in/sign-in.ts';

/** The longest text of a request, each character of which may take nine bytes in a form. */
const BODY_LIMIT = 204_800;

/** `/p/:portal`: the customer portal of one organisation, for its confirmed portal users. */
export function customerPortal(services: Services): Router {
  const router = Router();
  router.use(portalHeaders);
  router.use('/:portal/reset', keepAddressSecret);
  router.use('/:portal', findPortal(services), allowMethods('GET', 'POST'));
  router.use('/:portal', sessionsByPortal(services), saveBeforeRedirect);
  router.use(requireSameOrigin(services.publicUrl));
  router.use(
    services.bodies.within(senderOf, urlencoded({ extended: false, limit: BODY_LIMIT }), BODY_LIMIT),
    refuseTraps,
  );
  router.use('/:portal', portalSignInPages(services), requestPages(services));
  router.use(() => {
    throw new Problem('not_found');
  });
  router.use(showPortalProblem(services));
  return router;
}

const portalHeaders: RequestHandler = (_request, response, next) => {
  response.set({
    'Cache-Control': 'no-store',
    'X-Robots-Tag': 'noindex',
    'Referrer-Policy': 'same-origin', // the page with a form is found again by it when the session has ended
  });
  next();
};

/** Nothing is open before the first portal user was added. @throws Problem `not_found`, `portal_not_open` */
function findPortal({ database }: Services): RequestHandler {
  return async (request, response, next) => {
    response.locals.language = languageOfBrowser(request);
    const slug = Slug.safeParse(request.params.portal).data;
    const portal = slug === undefined ? null : await database.em.fork().findOne(Portal, { slug });
    if (portal === null) throw new Problem('not_found');
    Object.assign(response.locals, { portal, language: languageAt(portal, response.locals.language) });
    if (!portal.enabled) throw new Problem('portal_not_open');
    next();
  };
}

/** Each portal has a cookie of its own, so that one portal's says nothing at another. */
function sessionsByPortal(services: Services): RequestHandler {
  const bySlug = new Map<string, RequestHandler>();
  return (request, response, next) => {
    const { slug } = response.locals.portal as Portal;
    const handler = bySlug.get(slug) ?? sessions(services, `portal_${slug}`);
    bySlug.set(slug, handler);
    return handler(request, response, next);
  };
}

/** Portal users who are signed in are not held up by forms of others. */
function senderOf({ session }: Request): Sender {
  return session.portalUserId === undefined ? 'anonymous' : 'signed_in';
}
