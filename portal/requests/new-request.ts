import { Router } from 'express';
import { addAttachments } from '../../commands/requests/add-attachments.ts';
import { addRequest } from '../../commands/requests/add-request.ts';
import { ACCEPTED_EXTENSIONS } from '../../commands/requests/media-type.ts';
import { MAX_SUBJECT_LENGTH, MAX_TEXT_LENGTH, NewRequest } from '../../schemas/request.ts';
import { flash } from '../../web/flash.ts';
import type { Services } from '../../web/services.ts';
import { newFormKey } from '../../web/submit-once.ts';
import type { AsSignedIn, PortalUserCall } from '../require-signed-in.ts';
import { phrase, showPage } from '../show-page.ts';
import { takeDraft } from '../sign-in/ask-to-sign-in.ts';
import { type RefusedForm, receiveForm } from './receive-form.ts';

/** `/requests/new`: asks the help desk for something. */
export function newRequestPages(services: Services, signedIn: AsSignedIn): Router {
  const router = Router({ mergeParams: true });

  router.get(
    '/requests/new',
    signedIn((call) => {
      const typed = takeDraft(call.request, `/p/${call.portal.slug}/requests/new`);
      showForm(call, { status: 200, typed: typed ?? {}, errors: {} });
    }),
  );

  router.post(
    '/requests/new',
    signedIn(async (call) => {
      const { request, response, portal, portalUser, language } = call;
      const outcome = await receiveForm(services, call, {
        schema: NewRequest,
        name: ['request'],
        carryOut: async (unit, input, files) => {
          const added = await addRequest(unit, portalUser, input, 'portal_user');
          await addAttachments(unit, { request: added }, files);
          return { id: added.id, number: added.number };
        },
      });
      if ('refused' in outcome) return showForm(call, outcome.refused);
      const { id, number } = outcome.answer;
      await flash(request, 'done', phrase(language, 'requests.added', { number }));
      response.redirect(303, `/p/${portal.slug}/requests/${id}`);
    }),
  );
  return router;
}

function showForm({ response, portal, language }: PortalUserCall, { status, typed, errors }: RefusedForm): void {
  showPage(response, {
    status,
    view: 'requests/new-request',
    language,
    portal,
    context: {
      title: phrase(language, 'head.newRequest'),
      section: { newRequest: true },
      formKey: newFormKey(),
      accept: ACCEPTED_EXTENSIONS,
      maxSubjectLength: MAX_SUBJECT_LENGTH,
      maxTextLength: MAX_TEXT_LENGTH,
      typed,
      errors,
    },
  });
}
