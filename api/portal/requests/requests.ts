import { Router } from 'express';
import type { Services } from '../../services.ts';
import { askToSignIn } from '../sign-in/ask-to-sign-in.ts';
import { asPortalUser } from '../signed-in.ts';
import { attachmentDownload } from './attachment-download.ts';
import { newRequestPages } from './new-request.ts';
import { replyForm } from './reply-form.ts';
import { requestList } from './request-list.ts';
import { requestPage } from './request-page.ts';
import { statusForms } from './status-forms.ts';

/** A portal user's own requests: the list, a new one, and each with its replies. */
export function requestPages(services: Services): Router {
  const router = Router({ mergeParams: true });
  const signedIn = asPortalUser(services, askToSignIn);
  const parts = [requestList, newRequestPages, requestPage, replyForm, statusForms, attachmentDownload];
  router.use(...parts.map((part) => part(services, signedIn)));
  return router;
}
