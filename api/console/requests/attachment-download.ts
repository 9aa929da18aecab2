import { Router } from 'express';
import { Attachment } from '../../../db/entities/index.ts';
import { sendAttachment } from '../../attachments/send-attachment.ts';
import { Problem } from '../../problem.ts';
import { Id } from '../../schemas/text.ts';
import type { Services } from '../../services.ts';
import { atPortal } from '../signed-in.ts';
import { requestOf } from './request-page.ts';

/** `/:id/attachments/:attachmentId`: a file that came with a request, to be saved. */
export function attachmentDownload(services: Services): Router {
  const router = Router({ mergeParams: true });
  router.get(
    '/:id/attachments/:attachmentId',
    atPortal(async (call) => {
      const { id: request } = await requestOf(services, call);
      const id = Id.safeParse(call.request.params.attachmentId).data;
      const attachment =
        id === undefined ? null : await services.database.em.fork().findOne(Attachment, { id, request });
      if (attachment === null) throw new Problem('not_found');
      await sendAttachment(call.response, services, attachment);
    }),
  );
  return router;
}
