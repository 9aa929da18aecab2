import { Router } from 'express';
import { z } from 'zod';
import { previewInvitation } from '../../../activities/email/preview-invitation.ts';
import { LANGUAGES } from '../../../db/languages.ts';
import { PortalChange } from '../../schemas/portal.ts';
import type { Services } from '../../services.ts';
import { showEmailHtml } from '../email-preview.ts';
import { readForm } from '../read-form.ts';
import { atPortal } from '../signed-in.ts';
import { emailSettings, PREVIEWED, previewContent } from './preview-content.ts';
import { OWNERS_ONLY } from './settings-page.ts';

const Preview = z.object({ kind: z.enum(PREVIEWED), language: z.enum(LANGUAGES), settings: PortalChange });

/** What the frames of the previews load: an e-mail by the settings in the frame's address. */
export function previewFrames({ publicUrl }: Services): Router {
  const router = Router({ mergeParams: true });
  router.get(
    '/preview/:kind',
    atPortal(({ request, response, portal, name }) => {
      const { language, settings: json } = request.query;
      const { settings, ...preview } = readForm(Preview, {
        kind: request.params.kind,
        language,
        settings: parse(json),
      });
      const content = previewContent(publicUrl, emailSettings(portal, settings), { ...preview, name });
      showEmailHtml(response, previewInvitation(content, publicUrl).html);
    }, OWNERS_ONLY),
  );
  return router;
}

/** Null where it is no JSON. */
function parse(json: unknown): unknown {
  try {
    return JSON.parse(String(json));
  } catch {
    return null;
  }
}
