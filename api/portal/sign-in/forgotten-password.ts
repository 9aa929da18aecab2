import { Router } from 'express';
import { emailKey } from '../../../db/email-address.ts';
import { askForPasswordReset } from '../../commands/ask-for-password-reset.ts';
import type { Services } from '../../services.ts';
import { mayAskForPassword } from '../../sign-in/password-reset-limits.ts';
import { typedFields } from '../../typed-fields.ts';
import { phrase, showPage } from '../pages.ts';
import type { PortalLocals } from '../signed-in.ts';

/**
 * Has a link to a new password mailed. The answer is the same whoever has the address, whether anybody has it, and whether too
 * much was asked for already.
 */
export function forgottenPassword(services: Services): Router {
  const router = Router({ mergeParams: true });

  router.get('/forgotten-password', (request, response) => {
    const { portal, language } = response.locals as PortalLocals;
    const isSent = request.query.sent === '1';
    const title = phrase(language, isSent ? 'forgottenPassword.sentTitle' : 'forgottenPassword.title');
    const view = 'sign-in/forgotten-password';
    showPage(response, { status: 200, view, language, portal, context: { title, isSent } });
  });

  router.post('/forgotten-password', async (request, response) => {
    const { portal } = response.locals as PortalLocals;
    const key = emailKey(typedFields(request.body, ['email']).email.trim());
    if (key !== undefined && (await mayAskForPassword(services, request, `portal_${portal.slug}`, key))) {
      await askForPasswordReset(services, portal, key);
    }
    response.redirect(303, `/p/${portal.slug}/forgotten-password?sent=1`);
  });
  return router;
}
