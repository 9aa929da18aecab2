import { type Request, type Response, Router } from 'express';
import {
  acceptOperatorInvitation,
  type OperatorInvitation,
  openOperatorInvitation,
} from '../../commands/operator-invitation.ts';
import { hashNewOperatorPassword, requireGoodNewPassword } from '../../commands/replace-operator-password.ts';
import { PASSWORD_HINT } from '../../password.ts';
import { invalidFields } from '../../problem.ts';
import type { Services } from '../../services.ts';
import { isPassword } from '../../sign-in/check-password.ts';
import { signInLimits } from '../../sign-in/sign-in-limits.ts';
import { typedFields } from '../../typed-fields.ts';
import { showConsolePage } from '../page.ts';
import { type FormErrors, formErrors } from '../read-form.ts';
import { leadToSignIn, showDeadLink } from './link-answers.ts';

const CHANGED_MEANWHILE = { form: 'Your password was changed a moment ago. Try again.' };

/**
 * The link that accepts a membership. The POST needs what only a person types, which a robot that submits forms does not know:
 * a new password twice, or the operator's own. It signs nobody in.
 */
export function invitationPages(services: Services): Router {
  const router = Router();
  const limits = signInLimits(services, 'console');

  router.get('/:token', async (request, response) => {
    const invitation = await openOperatorInvitation(services, request.params.token);
    if (invitation === null) return showDeadLink(request, response);
    showForm(request, response, invitation);
  });

  router.post('/:token', async (request, response) => {
    const invitation = await openOperatorInvitation(services, request.params.token);
    if (invitation === null) return showDeadLink(request, response);
    try {
      const newHash = invitation.needsNewPassword
        ? await choosePassword(request, invitation)
        : await confirmPassword(request, invitation);
      if (!(await acceptOperatorInvitation(services, invitation, newHash))) {
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

  async function choosePassword(request: Request, { membership, portal, operator }: OperatorInvitation) {
    const typed = typedFields(request.body, ['password', 'passwordAgain']);
    await requireGoodNewPassword(services, operator.emailKey, typed, [operator.email, membership.name, portal.name]);
    return hashNewOperatorPassword(typed.password, operator.passwordHash ?? null);
  }

  /** Counted like a sign-in: the link's holder may guess at the password as little as anybody else. */
  async function confirmPassword(request: Request, { operator }: OperatorInvitation): Promise<undefined> {
    const { currentPassword } = typedFields(request.body, ['currentPassword']);
    const isTheirs = await limits.attempt(request, operator.emailKey, async () =>
      (await isPassword(currentPassword, operator.passwordHash)) ? true : null,
    );
    if (isTheirs === null) throw invalidFields([{ field: 'currentPassword', message: 'this is not your password' }]);
  }
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
