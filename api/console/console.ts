import { type Request, Router, urlencoded } from 'express';
import { allowMethods } from '../allow-methods.ts';
import type { Sender } from '../bodies.ts';
import { Problem } from '../problem.ts';
import { refuseTraps } from '../read-json.ts';
import { requireSameOrigin } from '../same-origin.ts';
import { saveBeforeRedirect } from '../save-before-redirect.ts';
import { keepAddressSecret } from '../secret-address.ts';
import type { Services } from '../services.ts';
import { sessions } from '../sessions.ts';
import { accountPages } from './account/account.ts';
import { bulkActionPages } from './bulk-actions/bulk-actions.ts';
import { contactPages } from './contacts/contacts.ts';
import { livePortalUsers } from './live/live-portal-users.ts';
import { operatorPages } from './operators/operators.ts';
import { portalChoice } from './portal-choice.ts';
import { portalUserAddress } from './portal-user-address.ts';
import { showProblem } from './problem-page.ts';
import { requestPages } from './requests/requests.ts';
import { settingsPages } from './settings/settings.ts';
import { forgottenPassword } from './sign-in/forgotten-password.ts';
import { mailedLinks } from './sign-in/mailed-links.ts';
import { signInPages } from './sign-in/sign-in.ts';
import { requireOperator } from './signed-in.ts';
import { addPortalUserPages } from './users/add-portal-user.ts';
import { portalUserPages } from './users/users.ts';

/** A page of checked rows has a hundred ids, a personal note two thousand characters. */
const BODY_LIMIT = 102_400;

/** Scripts and styles are files of ours; nothing that stands in a page is run. The style base draws its icons by `data:`. */
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/** The console: the pages that operators use. They call the same commands as the JSON API. */
export function consolePages(services: Services): Router {
  const router = Router();
  router.use((_request, response, next) => {
    response.set({
      'Cache-Control': 'no-store',
      'X-Robots-Tag': 'noindex',
      'Content-Security-Policy': CONTENT_SECURITY_POLICY,
      'Referrer-Policy': 'same-origin', // the page with a form is found again by it when the session has ended
    });
    next();
  });
  router.use(['/sign-in/invitation', '/sign-in/new-password'], keepAddressSecret); // before anything that can fail
  router.use(allowMethods('GET', 'POST'));
  router.use(sessions(services, 'console'), saveBeforeRedirect);
  router.use(requireSameOrigin(services.publicUrl));
  router.use(
    services.bodies.within(senderOf, urlencoded({ extended: false, limit: BODY_LIMIT }), BODY_LIMIT),
    refuseTraps,
  );
  router.use(signInPages(services), forgottenPassword(services), mailedLinks(services));

  router.use(requireOperator(services));
  router.use(portalChoice(), portalUserAddress(services));
  router.use('/account', accountPages(services));
  router.use('/:portal/users', livePortalUsers(services), addPortalUserPages(services), portalUserPages(services));
  router.use('/:portal/bulk-actions', bulkActionPages(services));
  router.use('/:portal/requests', requestPages(services));
  router.use('/:portal/contacts', contactPages(services));
  router.use('/:portal/settings/operators', operatorPages(services));
  router.use('/:portal/settings', settingsPages(services));
  router.use(() => {
    throw new Problem('not_found');
  });
  router.use(showProblem(services));
  return router;
}

/** Operators who are signed in are not held up by forms of others. */
function senderOf({ session }: Request): Sender {
  return session.operatorId === undefined ? 'anonymous' : 'signed_in';
}
