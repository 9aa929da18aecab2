import { type Response, Router } from 'express';
import { MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH } from '../../commands/passwords/password.ts';
import {
  askForPasswordReset,
  openPortalUserPasswordReset,
  resetPortalUserPassword,
} from '../../commands/passwords/password-reset.ts';
import { mayAskForPassword } from '../../commands/sign-in/password-reset-limits.ts';
import type { PortalUser } from '../../db/entities/index.ts';
import { emailKey } from '../../vocabulary/email-address.ts';
import { languageAt } from '../../vocabulary/languages.ts';
import { Refusal } from '../../vocabulary/refusal.ts';
import { endSessionUnlessOf } from '../../web/begin-session.ts';
import { typedFields } from '../../web/form-fields.ts';
import { statusOf } from '../../web/problem.ts';
import type { Services } from '../../web/services.ts';
import type { PortalLocals } from '../require-signed-in.ts';
import { phrase, showPage } from '../show-page.ts';

/**
 * The link to a new password. A GET changes nothing, since mail scanners open links; the POST needs what only a person types,
 * and signs nobody in.
 */
export function newPasswordPages(services: Services): Router {
  const router = Router({ mergeParams: true });

  router.get('/reset/:token', async (request, response) => {
    const { portal } = response.locals as PortalLocals;
    const user = await openPortalUserPasswordReset(services, portal, request.params.token);
    if (user === null) return showDeadLink(response);
    showForm(response, user);
  });

  router.post('/reset/:token', async (request, response) => {
    const { portal } = response.locals as PortalLocals;
    const user = await openPortalUserPasswordReset(services, portal, request.params.token);
    if (user === null) return showDeadLink(response);
    const typed = typedFields(request.body, ['password', 'passwordAgain']);
    try {
      if (!(await resetPortalUserPassword(services, user, typed))) return showDeadLink(response);
    } catch (error) {
      return showForm(response, user, passwordRefusalIn(error));
    }
    const ended = (await endSessionUnlessOf(request, user.id)) ? '&other=ended' : '';
    response.redirect(303, `/p/${portal.slug}/sign-in?done=password${ended}`);
  });
  return router;
}

function showForm(response: Response, user: PortalUser, refusal?: Refusal): void {
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
    if (key !== undefined && (await mayAskForPassword(services, request.ip, `portal_${portal.slug}`, key))) {
      await askForPasswordReset(services, portal, key);
    }
    response.redirect(303, `/p/${portal.slug}/forgotten-password?sent=1`);
  });
  return router;
}

/** What the partial `new-password-fields` prints: the limits, and why the last password was refused. */
export function newPasswordFields(refusal?: Refusal): Record<string, unknown> {
  return { refused: refusal?.details.reason, minLength: MIN_PASSWORD_LENGTH, maxLength: MAX_PASSWORD_LENGTH };
}

/** The status of a form that is shown again, or for the first time. Sets Retry-After where it says when to try again. */
export function formStatus(response: Response, problem?: Refusal): number {
  const retryAfter = problem?.details.retryAfter;
  if (retryAfter !== undefined) response.set('Retry-After', String(retryAfter));
  return problem ? statusOf(problem) : 200;
}

/** The problem of a password that is not taken. Anything else is thrown again. */
export function passwordRefusalIn(error: unknown): Refusal {
  if (error instanceof Refusal && error.code === 'password_refused') return error;
  throw error;
}
