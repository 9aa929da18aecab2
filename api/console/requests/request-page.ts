import { Router } from 'express';
import type { Request, RequestEmail } from '../../../db/entities/index.ts';
import { findRequest } from '../../../db/queries/find-request.ts';
import { listRequestEmails } from '../../../db/queries/list-request-emails.ts';
import { Problem } from '../../problem.ts';
import { MAX_TEXT_LENGTH } from '../../schemas/request.ts';
import { Id } from '../../schemas/text.ts';
import type { Services } from '../../services.ts';
import { newFormKey } from '../answer-once.ts';
import { moment } from '../moment.ts';
import { showConsolePage } from '../page.ts';
import type { FormErrors } from '../read-form.ts';
import { atPortal, type PortalCall } from '../signed-in.ts';
import { deliveryLabel } from '../users/names.ts';
import { presentConversation } from './present-conversation.ts';
import { requestsAddress } from './request-view.ts';
import { afterReplyOptions, statusButtons } from './status-choices.ts';
import { requestStatusLabel } from './status-labels.ts';

/** How often a page asks for news of an e-mail: one that is put off is tried again after minutes. */
const ON_THE_WAY = [
  { delivery: 'queued', lookAgain: '2s' },
  { delivery: 'deferred', lookAgain: '30s' },
] as const;

/** `/:id`: what was asked and answered, the reply to come, and the e-mails about it. */
export function requestPage(services: Services): Router {
  const router = Router({ mergeParams: true });
  router.get(
    '/:id',
    atPortal(async (call) => showRequest(services, call, await requestOf(services, call))),
  );
  return router;
}

/** The request that a page's address names, with its portal user. @throws Problem `not_found`, for another portal's too */
export async function requestOf({ database }: Services, { request, portal }: PortalCall): Promise<Request> {
  const id = Id.safeParse(request.params.id).data;
  const em = database.em.fork();
  const found = id === undefined ? null : await findRequest(em, portal.id, id);
  if (found === null) throw new Problem('not_found');
  await em.populate(found, ['portalUser.contact']);
  return found;
}

/** A refused form, to be shown again with what was typed. */
export interface RefusedAction {
  status: number;
  errors: FormErrors;
  typed?: { text: string; status: string };
}

/** A request's page; after a refused form with what was typed and what is wrong with it. */
export async function showRequest(
  services: Services,
  { request, response, portal }: PortalCall,
  found: Request,
  refused?: RefusedAction,
): Promise<void> {
  const { id, number, subject, status } = found;
  const { id: userId, contact, confirmationStatus } = found.portalUser.getEntity();
  const { name, email } = contact.getEntity();
  const em = services.database.em.fork();
  const entries = await presentConversation(em, portal, found);
  const emails = await listRequestEmails(em, id);
  showConsolePage(request, response, {
    view: 'requests/request',
    title: `#${number} ${subject}`,
    section: 'requests',
    status: refused?.status ?? 200,
    context: {
      href: `${requestsAddress(portal)}/${id}`,
      number,
      subject,
      status: requestStatusLabel(status),
      user: { name, email, href: `/console/${portal.slug}/users/${userId}` },
      isMailed: confirmationStatus !== 'deactivated',
      entries,
      emails: emails.map(presentEmail),
      lookAgain: lookAgain(emails),
      formKey: newFormKey(),
      statusButtons: statusButtons(status),
      afterReply: afterReplyOptions(status, refused?.typed?.status),
      maxTextLength: MAX_TEXT_LENGTH,
      typed: refused?.typed,
      errors: refused?.errors ?? {},
    },
  });
}

/** As long as an e-mail is on its way, its row changes by itself. */
function lookAgain(emails: RequestEmail[]): string | undefined {
  const soonest = ON_THE_WAY.find(({ delivery }) => emails.some((email) => email.delivery === delivery));
  return soonest?.lookAgain;
}

function presentEmail({ content, toAddress, delivery, reply, queuedAt, answeredAt }: RequestEmail) {
  const status = content.status && `now ${requestStatusLabel(content.status).name}`;
  return {
    title: [content.reply && 'Reply', status].filter(Boolean).join(', '),
    to: toAddress,
    delivery: deliveryLabel(delivery),
    reply: delivery === 'suppressed' ? 'not sent, since the portal user was deactivated' : reply,
    at: moment(answeredAt ?? queuedAt),
  };
}
