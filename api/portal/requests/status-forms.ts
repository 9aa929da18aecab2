import { Router } from 'express';
import type { RequestStatus } from '../../../workflows/vocabulary.ts';
import { changeRequestStatus } from '../../commands/change-request-status.ts';
import { flash } from '../../flash.ts';
import type { Services } from '../../services.ts';
import { inTransaction } from '../../unit-of-work.ts';
import { phrase } from '../pages.ts';
import type { AsSignedIn, PortalUserCall } from '../signed-in.ts';
import { ownRequest } from './own-request.ts';

/** `/requests/:id/close` and `/reopen`. A second time they change nothing. */
export function statusForms(services: Services, signedIn: AsSignedIn): Router {
  const router = Router({ mergeParams: true });
  const setTo = (status: RequestStatus, done: string) => async (call: PortalUserCall) => {
    const { request, response, portal, language } = call;
    const own = await ownRequest(services, call);
    await inTransaction(services.database, (unit) => changeRequestStatus(unit, services, own, status, 'portal_user'));
    flash(request, 'done', phrase(language, done));
    response.redirect(303, `/p/${portal.slug}/requests/${own.id}`);
  };
  router.post('/requests/:id/close', signedIn(setTo('closed', 'requests.closed')));
  router.post('/requests/:id/reopen', signedIn(setTo('open', 'requests.reopened')));
  return router;
}
