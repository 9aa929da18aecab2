import { Router } from 'express';
import { addAttachments } from '../../commands/requests/add-attachments.ts';
import { addReply } from '../../commands/requests/add-reply.ts';
import { changeRequestStatus } from '../../commands/requests/change-request-status.ts';
import { inTransaction } from '../../commands/transaction.ts';
import { NewReply } from '../../schemas/request.ts';
import type { RequestStatus } from '../../vocabulary/statuses.ts';
import { flash } from '../../web/flash.ts';
import type { Services } from '../../web/services.ts';
import type { AsSignedIn, PortalUserCall } from '../require-signed-in.ts';
import { phrase } from '../show-page.ts';
import { receiveForm } from './receive-form.ts';
import { ownRequest, showRequest } from './request-page.ts';

/** `/requests/:id/replies`: adds to one's own request, which opens it again. */
export function replyForm(services: Services, signedIn: AsSignedIn): Router {
  const router = Router({ mergeParams: true });
  router.post(
    '/requests/:id/replies',
    signedIn(async (call) => {
      const { request, response, portal, language } = call;
      const own = await ownRequest(services, call);
      const outcome = await receiveForm(services, call, {
        schema: NewReply,
        name: ['reply', own.id],
        carryOut: async (unit, input, files) => {
          const reply = await addReply(unit, services, own, input, 'portal_user');
          await addAttachments(unit, { request: own, reply }, files);
          return { id: reply.id };
        },
      });
      if ('refused' in outcome) return showRequest(services, call, own, outcome.refused);
      await flash(request, 'done', phrase(language, 'requests.replied'));
      response.redirect(303, `/p/${portal.slug}/requests/${own.id}`);
    }),
  );
  return router;
}

/** `/requests/:id/close` and `/reopen`. A second time they change nothing. */
export function statusForms(services: Services, signedIn: AsSignedIn): Router {
  const router = Router({ mergeParams: true });
  const setTo = (status: RequestStatus, done: string) => async (call: PortalUserCall) => {
    const { request, response, portal, language } = call;
    const own = await ownRequest(services, call);
    await inTransaction(services.database, (unit) => changeRequestStatus(unit, services, own, status, 'portal_user'));
    await flash(request, 'done', phrase(language, done));
    response.redirect(303, `/p/${portal.slug}/requests/${own.id}`);
  };
  router.post('/requests/:id/close', signedIn(setTo('closed', 'requests.closed')));
  router.post('/requests/:id/reopen', signedIn(setTo('open', 'requests.reopened')));
  return router;
}
