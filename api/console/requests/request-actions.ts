import { Router } from 'express';
import type { Request } from '../../../db/entities/index.ts';
import { addReply } from '../../commands/add-reply.ts';
import { changeRequestStatus } from '../../commands/change-request-status.ts';
import { flash } from '../../flash.ts';
import type { Problem } from '../../problem.ts';
import { NewReply, RequestChange } from '../../schemas/request.ts';
import type { Services } from '../../services.ts';
import { typedFields } from '../../typed-fields.ts';
import { answerOnce, REPEAT_PLACES } from '../answer-once.ts';
import { formErrors, readForm } from '../read-form.ts';
import { atPortal, type PortalCall } from '../signed-in.ts';
import { requestOf, showRequest } from './request-page.ts';
import { requestsAddress } from './request-view.ts';
import { requestStatusLabel } from './status-labels.ts';

const ReplyForm = NewReply.extend({ status: RequestChange.shape.status.optional() });

/** What the help desk does about a request, each form once. The portal user is mailed about it. */
export function requestActions(services: Services): Router {
  const router = Router({ mergeParams: true });

  router.post(
    '/:id/reply',
    atPortal(async (call) => {
      const { portal, actor } = call;
      const found = await requestOf(services, call);
      const { formKey, ...typed } = typedFields(call.request.body, ['formKey', 'text', 'status']);
      try {
        const input = readForm(ReplyForm, { text: typed.text, status: typed.status || undefined });
        await answerOnce(services, portal, formKey, ['reply', found.id, input], async (unit) => {
          const { id } = await addReply(unit, services, found, input, actor);
          return { replyId: id };
        });
      } catch (error) {
        const errors = formErrors(error, REPEAT_PLACES);
        return showRequest(services, call, found, { status: (error as Problem).status, errors, typed });
      }
      await done(call, found, 'Your reply was added.');
    }),
  );

  router.post(
    '/:id/status',
    atPortal(async (call) => {
      const { portal, actor } = call;
      const found = await requestOf(services, call);
      const { formKey, status: wanted } = typedFields(call.request.body, ['formKey', 'status']);
      const { status } = readForm(RequestChange, { status: wanted });
      try {
        await answerOnce(services, portal, formKey, ['status', found.id, status], async (unit) => {
          await changeRequestStatus(unit, services, found, status, actor);
          return { status };
        });
      } catch (error) {
        const errors = formErrors(error, REPEAT_PLACES);
        return showRequest(services, call, found, { status: (error as Problem).status, errors });
      }
      const { name } = requestStatusLabel(status);
      if (found.status === status) return back(call, found, `The request was ${name} already.`);
      await done(call, found, `The request is ${name} now.`);
    }),
  );
  return router;

  /** Says what was done, and whether it is mailed at once. */
  async function done(call: PortalCall, found: Request, what: string): Promise<void> {
    back(call, found, `${what} ${await mailing(found)}`);
  }

  async function mailing({ portalUser }: Request): Promise<string> {
    const { contact, confirmationStatus } = portalUser.getEntity();
    const { name } = contact.getEntity();
    if (confirmationStatus === 'deactivated') return `${name} is deactivated and not mailed.`;
    const isReachable = await services.invitations.isReachable();
    return isReachable ? `${name} is told by e-mail.` : `${name} will be told by e-mail as soon as possible.`;
  }
}

/** To the request's page, which says it. */
function back({ request, response, portal }: PortalCall, { id }: Request, text: string): void {
  flash(request, 'done', text);
  response.redirect(303, `${requestsAddress(portal)}/${id}`);
}
