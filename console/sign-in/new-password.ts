import { type Request, type Response, Router } from 'express';
import {
  askForPasswordReset,
  type OperatorPasswordReset,
  openOperatorPasswordReset,
  resetOperatorPassword,
} from '../../commands/passwords/password-reset.ts';
import { mayAskForPassword } from '../../commands/sign-in/password-reset-limits.ts';
import { emailKey } from '../../vocabulary/email-address.ts';
import { typedFields } from '../../web/form-fields.ts';
import type { Services } from '../../web/services.ts';
import { PASSWORD_HINT } from '../labels.ts';
import { type FormErrors, formErrors } from '../read-form.ts';
import { showConsolePage } from '../show-page.ts';
import { leadToSignIn, showDeadLink } from './mailed-links.ts';

/** The link to a new password. The POST needs what only a person types, and signs nobody in. */
export function newPasswordPages(services: Services): Router {
  const router = Router();

  router.get('/:token', async (request, response) => {
    const operator = await openOperatorPasswordReset(services, request.params.token);
    if (operator === null) return showDeadLink(request, response);
    showForm(request, response, operator);
  });

  router.post('/:token', async (request, response) => {
    const operator = await openOperatorPasswordReset(services, request.params.token);
    if (operator === null) return showDeadLink(request, response);
    const typed = typedFields(request.body, ['password', 'passwordAgain']);
    try {
      if (!(await resetOperatorPassword(services, operator, typed))) return showDeadLink(request, response);
    } catch (error) {
      return showForm(request, response, operator, formErrors(error));
    }
    await leadToSignIn(request, response, 'password', operator.id);
  });
  return router;
}

function showForm(request: Request, response: Response, { email }: OperatorPasswordReset, errors?: FormErrors): void {
  showConsolePage(request, response, {
    view: 'sign-in/new-password',
    title: 'Choose a new password',
    status: errors === undefined ? 200 : 422,
    context: { email, errors, passwordHint: PASSWORD_HINT },
  });
}

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
    if (key !== undefined && (await mayAskForPassword(services, request.ip, 'console', key))) {
      await askForPasswordReset(services, null, key);
    }
    response.redirect(303, `/console${PATH}?sent=1`);
  });
  return router;
}
