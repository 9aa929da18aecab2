import { type RequestHandler, Router } from 'express';
import type { Request as HelpRequest } from '../../../db/entities/index.ts';
import { readConversation } from '../../../db/queries/read-conversation.ts';
import { newFormKey } from '../../answer-once.ts';
import { ACCEPTED_EXTENSIONS } from '../../attachments/media-type.ts';
import { MAX_TEXT_LENGTH } from '../../schemas/request.ts';
import type { Services } from '../../services.ts';
import { phrase, showPage } from '../pages.ts';
import { takeDraft } from '../sign-in/ask-to-sign-in.ts';
import type { AsSignedIn, PortalUserCall } from '../signed-in.ts';
import { ownRequest } from './own-request.ts';
import { presentConversation } from './present-conversation.ts';
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
  own: HelpRequest,
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
