import { type RequestHandler, Router } from 'express';
import { ACCEPTED_EXTENSIONS } from '../../commands/requests/media-type.ts';
import { type Attachment, PortalRequest, type Reply } from '../../db/entities/index.ts';
import { type Conversation, readConversation } from '../../db/queries/list-requests.ts';
import { MAX_TEXT_LENGTH } from '../../schemas/request.ts';
import { Id } from '../../schemas/text.ts';
import type { Language } from '../../vocabulary/languages.ts';
import { Refusal } from '../../vocabulary/refusal.ts';
import type { Services } from '../../web/services.ts';
import { newFormKey } from '../../web/submit-once.ts';
import { fileSize, sendAttachment } from '../../web/uploads/send-attachment.ts';
import type { AsSignedIn, PortalUserCall } from '../require-signed-in.ts';
import { phrase, portalMoment, showPage } from '../show-page.ts';
import { takeDraft } from '../sign-in/ask-to-sign-in.ts';
import type { RefusedForm } from './receive-form.ts';

/** `/requests/:id`: one's own request with its replies. The addresses of its forms lead to it, for who reloads one. */
export function requestPage(services: Services, signedIn: AsSignedIn): Router {
  const router = Router({ mergeParams: true });
  router.get(
    '/requests/:id',
    signedIn(async (call) => {
      const own = await ownRequest(services, call);
      const typed = takeDraft(call.request, `/p/${call.portal.slug}/requests/${own.id}`);
      await showRequest(services, call, own, { status: 200, typed: typed ?? {}, errors: {} });
    }),
  );
  const toPage: RequestHandler = (request, response) => {
    const { portal, id } = request.params as { portal: string; id: string };
    response.redirect(303, `/p/${encodeURIComponent(portal)}/requests/${encodeURIComponent(id)}`);
  };
  for (const form of ['replies', 'close', 'reopen']) router.get(`/requests/:id/${form}`, toPage);
  return router;
}

/** The page, with a reply that is being typed. */
export async function showRequest(
  { database }: Services,
  { response, portal, language }: PortalUserCall,
  own: PortalRequest,
  { status, typed, errors }: RefusedForm,
): Promise<void> {
  const em = database.em.fork();
  const conversation = await readConversation(em, own.id);
  const path = `/p/${portal.slug}/requests/${own.id}`;
  showPage(response, {
    status,
    view: 'requests/request-page',
    language,
    portal,
    context: {
      title: `#${own.number} ${own.subject}`,
      path,
      number: own.number,
      subject: own.subject,
      status: own.status,
      statusName: phrase(language, `requests.status.${own.status}`),
      isClosed: own.status === 'closed',
      replyHint: own.status === 'open' ? undefined : phrase(language, 'requests.opensAgain'),
      entries: presentConversation(own, conversation, { path, language }),
      formKey: newFormKey(),
      accept: ACCEPTED_EXTENSIONS,
      maxTextLength: MAX_TEXT_LENGTH,
      typed,
      errors,
    },
  });
}

/** A request's description and replies, each with who wrote it, when, and its files. */
export function presentConversation(
  { description, createdAt }: PortalRequest,
  { replies, attachments }: Conversation,
  { path, language }: { path: string; language: Language },
) {
  const entry = (isOwn: boolean, text: string, at: Date, reply: Reply | null) => ({
    // Operators by their names; programs are the help desk.
    author: isOwn ? phrase(language, 'requests.you') : (reply?.authorName ?? phrase(language, 'requests.helpDesk')),
    isOwn,
    text,
    at: portalMoment(at, language),
    attachments: attachments
      .filter((attachment) => (attachment.reply?.id ?? null) === (reply?.id ?? null))
      .map(({ id, fileName, size }: Attachment) => ({
        href: `${path}/attachments/${id}`,
        fileName,
        size: fileSize(size, language),
      })),
  });
  return [
    entry(true, description, createdAt, null),
    ...replies.map((reply) => entry(reply.author === 'portal_user', reply.text, reply.createdAt, reply)),
  ];
}

/** The request in the page's address, if it is the portal user's own. Anybody else's looks like none. @throws Refusal `not_found` */
export async function ownRequest(
  { database }: Services,
  { request, portalUser }: Pick<PortalUserCall, 'request' | 'portalUser'>,
): Promise<PortalRequest> {
  const id = Id.safeParse(request.params.id).data;
  const own = { id: id ?? '', portal: portalUser.portal.id, portalUser: portalUser.id };
  const found = id === undefined ? null : await database.em.fork().findOne(PortalRequest, own);
  if (found === null) throw new Refusal('not_found');
  return found;
}

/** `/requests/:id/attachments/:attachmentId`: a file of one's own request. */
export function attachmentDownload(services: Services, signedIn: AsSignedIn): Router {
  const router = Router({ mergeParams: true });
  router.get(
    '/requests/:id/attachments/:attachmentId',
    signedIn(async (call) => {
      const request = await ownRequest(services, call);
      await sendAttachment(call.response, services, request, call.request.params.attachmentId);
    }),
  );
  return router;
}
