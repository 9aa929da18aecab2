import { Router } from 'express';
import { sendAttachment } from '../../attachments/send-attachment.ts';
import type { Services } from '../../services.ts';
import type { AsSignedIn } from '../signed-in.ts';
import { ownRequest } from './own-request.ts';

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
