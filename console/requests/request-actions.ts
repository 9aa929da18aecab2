import { Router } from 'express';
import { addReply } from '../../commands/requests/add-reply.ts';
import { changeRequestStatus } from '../../commands/requests/change-request-status.ts';
import type { PortalRequest } from '../../db/entities/index.ts';
import { NewReply, RequestChange } from '../../schemas/request.ts';
import type { Refusal } from '../../vocabulary/refusal.ts';
import { flash } from '../../web/flash.ts';
import { typedFields } from '../../web/form-fields.ts';
import { statusOf } from '../../web/problem.ts';
import type { Services } from '../../web/services.ts';
import { submitOnce } from '../../web/submit-once.ts';
import { requestStatusLabel } from '../labels.ts';
import { formErrors, readForm } from '../read-form.ts';
import { atPortal, formScope, type PortalCall } from '../require-signed-in.ts';
import { requestList, requestsAddress } from './request-list.ts';
import { attachmentDownload, requestPage, requirePortalRequest, showRequest } from './request-page.ts';

/** Requests: the table, and each request's page with what the help desk does about it. */
export function requestPages(services: Services): Router {
  const router = Router({ mergeParams: true });
  router.use(requestList(services), requestPage(services), requestActions(services), attachmentDownload(services));
  return router;
}

const ReplyForm = NewReply.extend({ status: RequestChange.shape.status.optional() });

/** What the help desk does about a request, each form once. The portal user is mailed about it. */
function requestActions(services: Services): Router {
  const router = Router({ mergeParams: true });

  router.post(
    '/:id/reply',
    atPortal(async (call) => {
      const { portal, actor } = call;
      const found = await requirePortalRequest(services, call);
      const { formKey, ...typed } = typedFields(call.request.body, ['formKey', 'text', 'status']);
      try {
        const input = readForm(ReplyForm, { text: typed.text, status: typed.status || undefined });
        await submitOnce(services, formScope(portal), formKey, ['reply', found.id, input], async (unit) => {
          const { id } = await addReply(unit, services, found, input, actor);
          return { replyId: id };
        });
      } catch (error) {
        const errors = formErrors(error);
        return showRequest(services, call, found, { status: statusOf(error as Refusal), errors, typed });
      }
      await done(call, found, 'Your reply was added.');
    }),
  );

  router.post(
    '/:id/status',
    atPortal(async (call) => {
      const { portal, actor } = call;
      const found = await requirePortalRequest(services, call);
      const { formKey, status: wanted } = typedFields(call.request.body, ['formKey', 'status']);
      const { status } = readForm(RequestChange, { status: wanted });
      try {
        await submitOnce(services, formScope(portal), formKey, ['status', found.id, status], async (unit) => {
          await changeRequestStatus(unit, services, found, status, actor);
          return { status };
        });
      } catch (error) {
        const errors = formErrors(error);
        return showRequest(services, call, found, { status: statusOf(error as Refusal), errors });
      }
      const { name } = requestStatusLabel(status);
      if (found.status === status) return back(call, found, `The request was ${name} already.`);
      await done(call, found, `The request is ${name} now.`);
    }),
  );
  return router;

  /** Says what was done, and whether it is mailed at once. */
  async function done(call: PortalCall, found: PortalRequest, what: string): Promise<void> {
    await back(call, found, `${what} ${await mailing(found)}`);
  }

  async function mailing({ portalUser }: PortalRequest): Promise<string> {
    const { contact, confirmationStatus } = portalUser.getEntity();
    const { name } = contact.getEntity();
    if (confirmationStatus === 'deactivated') return `${name} is deactivated and not mailed.`;
    const isReachable = await services.invitations.isReachable();
    return isReachable ? `${name} is told by e-mail.` : `${name} will be told by e-mail as soon as possible.`;
  }
}

/** To the request's page, which says it. */
async function back({ request, response, portal }: PortalCall, { id }: PortalRequest, text: string): Promise<void> {
  await flash(request, 'done', text);
  response.redirect(303, `${requestsAddress(portal)}/${id}`);
}
