import { type Response, Router } from 'express';
import type { PortalUser } from '../../../db/entities/index.ts';
import { languageAt } from '../../../db/languages.ts';
import { openPasswordResetLink } from '../../commands/open-password-reset-link.ts';
import {
  replacePortalUserPassword,
  requireGoodPortalPassword,
  requireSamePassword,
} from '../../commands/replace-portal-user-password.ts';
import type { Problem } from '../../problem.ts';
import type { Services } from '../../services.ts';
import { endSessionUnlessOf } from '../../sessions.ts';
import { typedFields } from '../../typed-fields.ts';
import { formStatus, newPasswordFields, passwordRefusalIn } from '../new-password-fields.ts';
import { phrase, showPage } from '../pages.ts';
import type { PortalLocals } from '../signed-in.ts';

/**
 * The link to a new password. A GET changes nothing, since mail scanners open links; the POST needs what only a person types,
 * and signs nobody in.
 */
export function newPasswordPages(services: Services): Router {
  const router = Router({ mergeParams: true });

  router.get('/reset/:token', async (request, response) => {
    const { portal } = response.locals as PortalLocals;
    const user = await openPasswordResetLink(services, portal, request.params.token);
    if (user === null) return showDeadLink(response);
    showForm(response, user);
  });

  router.post('/reset/:token', async (request, response) => {
    const { portal } = response.locals as PortalLocals;
    const user = await openPasswordResetLink(services, portal, request.params.token);
    if (user === null) return showDeadLink(response);
    const typed = typedFields(request.body, ['password', 'passwordAgain']);
    try {
      requireSamePassword(typed);
      await requireGoodPortalPassword(services, portal, user.contact.getEntity(), typed.password);
    } catch (error) {
      return showForm(response, user, passwordRefusalIn(error));
    }
    const newHash = await replacePortalUserPassword(services, user, typed.password, { by: 'link' });
    if (newHash === undefined) return showDeadLink(response);
    const ended = (await endSessionUnlessOf(request, user.id)) ? '&other=ended' : '';
    response.redirect(303, `/p/${portal.slug}/sign-in?done=password${ended}`);
  });
  return router;
}

function showForm(response: Response, user: PortalUser, refusal?: Problem): void {
  const { portal } = response.locals as PortalLocals;
  const language = languageAt(portal, user.locale);
  const context = {
    title: phrase(language, 'newPassword.title'),
    email: user.contact.getEntity().email,
    ...newPasswordFields(refusal),
  };
  const status = formStatus(response, refusal);
  showPage(response, { status, view: 'sign-in/new-password', language, portal, context });
}

/** Not whose it was or why it is dead. */
function showDeadLink(response: Response): void {
  const { portal, language } = response.locals as PortalLocals;
  const context = { title: phrase(language, 'newPassword.deadTitle') };
  showPage(response, { status: 410, view: 'sign-in/dead-link', language, portal, context });
}
