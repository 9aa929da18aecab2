import { Router } from 'express';
import { sendAttachment } from '../../attachments/send-attachment.ts';
import type { Services } from '../../services.ts';
import { atPortal } from '../signed-in.ts';
import { requestOf } from './request-page.ts';

/** `/:id/attachments/:attachmentId`: a file that came with a request, to be saved. */
export function attachmentDownload(services: Services): Router {
  const router = Router({ mergeParams: true });
  router.get(
    '/:id/attachments/:attachmentId',
    atPortal(async (call) => {
      const request = await requestOf(services, call);
      await sendAttachment(call.response, services, request, call.request.params.attachmentId);
    }),
  );
  return router;
}
