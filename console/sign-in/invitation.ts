import { type Request, type Response, Router } from 'express';
import {
  acceptOperatorInvitation,
  type OperatorInvitation,
  openOperatorInvitation,
} from '../../commands/operators/accept-operator-invitation.ts';
import { typedFields } from '../../web/form-fields.ts';
import { signInOrigin } from '../../web/known-device.ts';
import type { Services } from '../../web/services.ts';
import { PASSWORD_HINT } from '../labels.ts';
import { type FormErrors, formErrors } from '../read-form.ts';
import { showConsolePage } from '../show-page.ts';
import { leadToSignIn, showDeadLink } from './mailed-links.ts';

const CHANGED_MEANWHILE = { form: 'Your password was changed a moment ago. Try again.' };

/**
 * The link that accepts a membership. The POST needs what only a person types, which a robot that submits forms does not know:
 * a new password twice, or the operator's own. It signs nobody in.
 */
export function invitationPages(services: Services): Router {
  const router = Router();

  router.get('/:token', async (request, response) => {
    const invitation = await openOperatorInvitation(services, request.params.token);
    if (invitation === null) return showDeadLink(request, response);
    showForm(request, response, invitation);
  });

  router.post('/:token', async (request, response) => {
    const invitation = await openOperatorInvitation(services, request.params.token);
    if (invitation === null) return showDeadLink(request, response);
    try {
      const origin = signInOrigin(request, services, 'console', invitation.operator.emailKey);
      const typed = typedFields(request.body, ['currentPassword', 'password', 'passwordAgain']);
      if (!(await acceptOperatorInvitation(services, invitation, origin, typed))) {
        const again = await openOperatorInvitation(services, request.params.token);
        if (again === null) return showDeadLink(request, response);
        return showForm(request, response, again, CHANGED_MEANWHILE);
      }
    } catch (error) {
      return showForm(request, response, invitation, formErrors(error, { too_many_attempts: 'currentPassword' }));
    }
    await leadToSignIn(request, response, 'accepted', invitation.operator.id);
  });
  return router;
}

function showForm(request: Request, response: Response, invitation: OperatorInvitation, errors?: FormErrors): void {
  const { membership, portal, operator, needsNewPassword } = invitation;
  showConsolePage(request, response, {
    view: 'sign-in/invitation',
    title: `Work for ${portal.name}`,
    status: errors === undefined ? 200 : 422,
    context: {
      portalName: portal.name,
      isOwner: membership.role === 'owner',
      email: operator.email,
      needsNewPassword,
      replacesPassword: Boolean(operator.passwordHash),
      passwordHint: PASSWORD_HINT,
      errors,
    },
  });
}
