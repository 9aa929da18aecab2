import { Router } from 'express';
import { emailKey } from '../../../db/email-address.ts';
import { askForPasswordReset } from '../../commands/ask-for-password-reset.ts';
import type { Services } from '../../services.ts';
import { mayAskForPassword } from '../../sign-in/password-reset-limits.ts';
import { typedFields } from '../../typed-fields.ts';
import { showConsolePage } from '../page.ts';

const PATH = '/forgotten-password';

/** Has a link to a new password mailed. The response is the same for every address, and also beyond the limits. */
export function forgottenPassword(services: Services): Router {
  const router = Router();

  router.get(PATH, (request, response) => {
    const isSent = request.query.sent === '1';
    const title = isSent ? 'Look into your mailbox' : 'Forgot your password?';
    showConsolePage(request, response, { view: 'sign-in/forgotten-password', title, context: { isSent } });
  });

  router.post(PATH, async (request, response) => {
    const key = emailKey(typedFields(request.body, ['email']).email.trim());
    if (key !== undefined && (await mayAskForPassword(services, request, 'console', key))) {
      await askForPasswordReset(services, null, key);
    }
    response.redirect(303, `/console${PATH}?sent=1`);
  });
  return router;
}
