import { type Request, Router, urlencoded } from 'express';
import { Refusal } from '../vocabulary/refusal.ts';
import { allowPageMethods } from '../web/allow-methods.ts';
import type { Sender } from '../web/limit-request-bodies.ts';
import { refuseUnsafeValues } from '../web/read-json.ts';
import { keepAddressSecret, requireSameOrigin } from '../web/same-origin.ts';
import type { Services } from '../web/services.ts';
import { readSession } from '../web/sessions.ts';
import { accountPages } from './account/account.ts';
import { bulkActionPages } from './bulk-actions/result.ts';
import { contactPages } from './contacts/new-contact.ts';
import { leadFromFormToPage } from './form-addresses.ts';
import { livePortalUsers } from './live/live-portal-users.ts';
import { operatorPages } from './operators/operators.ts';
import { requestPages } from './requests/request-actions.ts';
import { requireOperator } from './require-signed-in.ts';
import { settingsPages } from './settings/settings-page.ts';
import { portalChoice, showProblem } from './show-page.ts';
import { invitationPages } from './sign-in/invitation.ts';
import { forgottenPassword, newPasswordPages } from './sign-in/new-password.ts';
import { signInPages } from './sign-in/sign-in.ts';
import { addPortalUserPages } from './users/add-portal-user.ts';
import { portalUserPages } from './users/list-page.ts';
import { portalUserAddress } from './users/user-page.ts';

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
  router.use(allowPageMethods);
  router.use(async (request, _response, next) => {
    await readSession(request, services, 'console');
    next();
  });
  router.use(requireSameOrigin(services.publicUrl));
  router.use(
    services.bodies.within(senderOf, urlencoded({ extended: false, limit: BODY_LIMIT }), BODY_LIMIT),
    refuseUnsafeValues,
  );
  router.use(signInPages(services), forgottenPassword(services), mailedLinks(services));

  router.use(requireOperator(services));
  router.use(leadFromFormToPage);
  router.use(portalChoice(), portalUserAddress(services));
  router.use('/account', accountPages(services));
  router.use('/:portal/users', livePortalUsers(services), addPortalUserPages(services), portalUserPages(services));
  router.use('/:portal/bulk-actions', bulkActionPages(services));
  router.use('/:portal/requests', requestPages(services));
  router.use('/:portal/contacts', contactPages(services));
  router.use('/:portal/settings/operators', operatorPages(services));
  router.use('/:portal/settings', settingsPages(services));
  router.use(() => {
    throw new Refusal('not_found');
  });
  router.use(showProblem(services));
  return router;
}

/** Operators who are signed in are not held up by forms of others. */
function senderOf({ session }: Request): Sender {
  return session.operatorId === undefined ? 'anonymous' : 'signed_in';
}

/** `/console/sign-in/…`: what links that are mailed to operators open. A GET changes nothing, since mail scanners open links. */
function mailedLinks(services: Services): Router {
  const router = Router();
  router.use('/sign-in/invitation', invitationPages(services));
  router.use('/sign-in/new-password', newPasswordPages(services));
  return router;
}
