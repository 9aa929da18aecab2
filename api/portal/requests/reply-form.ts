import { Router } from 'express';
import { addAttachments } from '../../commands/add-attachments.ts';
import { addReply } from '../../commands/add-reply.ts';
import { flash } from '../../flash.ts';
import { NewReply } from '../../schemas/request.ts';
import type { Services } from '../../services.ts';
import { phrase } from '../pages.ts';
import type { AsSignedIn } from '../signed-in.ts';
import { ownRequest } from './own-request.ts';
import { receiveForm } from './receive-form.ts';
import { showRequest } from './request-page.ts';

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
      flash(request, 'done', phrase(language, 'requests.replied'));
      response.redirect(303, `/p/${portal.slug}/requests/${own.id}`);
    }),
  );
  return router;
}
