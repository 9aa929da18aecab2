import { type Request, type Response, Router } from 'express';
import {
  openOperatorPasswordReset,
  type ResettingOperator,
  resetOperatorPassword,
} from '../../commands/operator-password-reset.ts';
import { hashNewOperatorPassword, requireGoodNewPassword } from '../../commands/replace-operator-password.ts';
import { PASSWORD_HINT } from '../../password.ts';
import type { Services } from '../../services.ts';
import { typedFields } from '../../typed-fields.ts';
import { showConsolePage } from '../page.ts';
import { type FormErrors, formErrors } from '../read-form.ts';
import { leadToSignIn, showDeadLink } from './link-answers.ts';

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
      await requireGoodNewPassword(services, operator.emailKey, typed, [operator.email, ...operator.ownWords]);
      const newHash = await hashNewOperatorPassword(typed.password, operator.passwordHash);
      if (!(await resetOperatorPassword(services, operator, newHash))) return showDeadLink(request, response);
    } catch (error) {
      return showForm(request, response, operator, formErrors(error));
    }
    await leadToSignIn(request, response, 'password', operator.id);
  });
  return router;
}

function showForm(request: Request, response: Response, { email }: ResettingOperator, errors?: FormErrors): void {
  showConsolePage(request, response, {
    view: 'sign-in/new-password',
    title: 'Choose a new password',
    status: errors === undefined ? 200 : 422,
    context: { email, errors, passwordHint: PASSWORD_HINT },
  });
}
