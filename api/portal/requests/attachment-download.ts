import { Router } from 'express';
import { Attachment } from '../../../db/entities/index.ts';
import { sendAttachment } from '../../attachments/send-attachment.ts';
import { Problem } from '../../problem.ts';
import { Id } from '../../schemas/text.ts';
import type { Services } from '../../services.ts';
import type { AsSignedIn } from '../signed-in.ts';
import { ownRequest } from './own-request.ts';

/** `/requests/:id/attachments/:attachmentId`: a file of one's own request. */
export function attachmentDownload(services: Services, signedIn: AsSignedIn): Router {
  const router = Router({ mergeParams: true });
  router.get(
    '/requests/:id/attachments/:attachmentId',
    signedIn(async (call) => {
      const { id: request } = await ownRequest(services, call);
      const id = Id.safeParse(call.request.params.attachmentId).data;
      const attachment =
        id === undefined ? null : await services.database.em.fork().findOne(Attachment, { id, request });
      if (attachment === null) throw new Problem('not_found');
      await sendAttachment(call.response, services, attachment);
    }),
  );
  return router;
}
