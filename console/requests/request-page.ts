import { Router } from 'express';
import type { EntityManager } from '../../db/database.ts';
import type { Attachment, Portal, PortalRequest } from '../../db/entities/index.ts';
import { nameActors } from '../../db/events.ts';
import { type ListedRequestEmail, listRequestEmails } from '../../db/queries/list-emails.ts';
import { findRequest, readConversation } from '../../db/queries/list-requests.ts';
import { MAX_TEXT_LENGTH } from '../../schemas/request.ts';
import { Id } from '../../schemas/text.ts';
import type { Actor } from '../../vocabulary/events.ts';
import { Refusal } from '../../vocabulary/refusal.ts';
import { REQUEST_STATUSES, type RequestStatus } from '../../vocabulary/statuses.ts';
import type { Services } from '../../web/services.ts';
import { newFormKey } from '../../web/submit-once.ts';
import { fileSize, sendAttachment } from '../../web/uploads/send-attachment.ts';
import { deliveryLabel, REQUEST_STATUS_LABELS, requestStatusLabel } from '../labels.ts';
import { moment } from '../moment.ts';
import type { FormErrors } from '../read-form.ts';
import { atPortal, type PortalCall } from '../require-signed-in.ts';
import { showConsolePage } from '../show-page.ts';
import { requestsAddress } from './request-list.ts';

/** How often a page asks for news of an e-mail: one that is put off is tried again after minutes. */
const REFRESH_INTERVALS = [
  { delivery: 'queued', lookAgain: '2s' },
  { delivery: 'deferred', lookAgain: '30s' },
] as const;

/** `/:id`: what was asked and answered, the reply to come, and the e-mails about it. */
export function requestPage(services: Services): Router {
  const router = Router({ mergeParams: true });
  router.get(
    '/:id',
    atPortal(async (call) => showRequest(services, call, await requirePortalRequest(services, call))),
  );
  return router;
}

/** The request that a page's address names, with its portal user. @throws Refusal `not_found`, for another portal's too */
export async function requirePortalRequest(
  { database }: Services,
  { request, portal }: PortalCall,
): Promise<PortalRequest> {
  const id = Id.safeParse(request.params.id).data;
  const em = database.em.fork();
  const found = id === undefined ? null : await findRequest(em, portal.id, id);
  if (found === null) throw new Refusal('not_found');
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
  found: PortalRequest,
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
      lookAgain: refreshInterval(emails),
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
function refreshInterval(emails: ListedRequestEmail[]): string | undefined {
  const soonest = REFRESH_INTERVALS.find(({ delivery }) => emails.some((email) => email.delivery === delivery));
  return soonest?.lookAgain;
}

const STATUS_VERBS: Record<RequestStatus, string> = { open: 'Reopen', on_hold: 'Put on hold', closed: 'Close' };

/** A button for each status that the request does not have. */
function statusButtons(current: RequestStatus) {
  return REQUEST_STATUSES.filter((value) => value !== current).map((value) => ({ value, text: STATUS_VERBS[value] }));
}

/** What a reply may set the request to: the options of the partial `choice`. @param chosen as it was typed before */
function afterReplyOptions(current: RequestStatus, chosen = '') {
  const others = REQUEST_STATUSES.filter((value) => value !== current);
  return [
    { value: '', text: `Leave it ${REQUEST_STATUS_LABELS[current].name}`, isChosen: chosen === '' },
    ...others.map((value) => ({ value, text: REQUEST_STATUS_LABELS[value].name, isChosen: value === chosen })),
  ];
}

function presentEmail({ content, toAddress, delivery, reply, queuedAt, answeredAt }: ListedRequestEmail) {
  const status = content.status && `now ${requestStatusLabel(content.status).name}`;
  return {
    title: [content.reply && 'Reply', status].filter(Boolean).join(', '),
    to: toAddress,
    delivery: deliveryLabel(delivery),
    reply: delivery === 'suppressed' ? 'not sent, since the portal user was deactivated' : reply,
    at: moment(answeredAt ?? queuedAt),
  };
}

/** What was written to a request, its description first, each with who wrote it and the files that came with it. */
export async function presentConversation(em: EntityManager, portal: Portal, request: PortalRequest) {
  const { replies, attachments } = await readConversation(em, request.id);
  const names = await nameActors(em, portal.id, [...new Set(replies.map(({ author }) => author))]);
  const customer = request.portalUser.getEntity().contact.getEntity().name;
  const nameOf = (author: Actor, authorName: string | null | undefined) =>
    author === 'portal_user' ? customer : (authorName ?? names.get(author) ?? 'somebody who is gone');
  const filesOf = (replyId: string | null) =>
    attachments
      .filter(({ reply }) => (reply?.id ?? null) === replyId)
      .map((attachment) => presentFile(`${requestsAddress(portal)}/${request.id}`, attachment));
  return [
    { author: customer, at: moment(request.createdAt), text: request.description, files: filesOf(null) },
    ...replies.map(({ id, author, authorName, text, createdAt }) => ({
      author: nameOf(author, authorName),
      isOurs: author !== 'portal_user',
      at: moment(createdAt),
      text,
      files: filesOf(id),
    })),
  ];
}

function presentFile(address: string, { id, fileName, size }: Attachment) {
  return { name: fileName, href: `${address}/attachments/${id}`, size: fileSize(size, 'en') };
}

/** `/:id/attachments/:attachmentId`: a file that came with a request, to be saved. */
export function attachmentDownload(services: Services): Router {
  const router = Router({ mergeParams: true });
  router.get(
    '/:id/attachments/:attachmentId',
    atPortal(async (call) => {
      const request = await requirePortalRequest(services, call);
      await sendAttachment(call.response, services, request, call.request.params.attachmentId);
    }),
  );
  return router;
}
