import { Router } from 'express';
import type { Language } from '../../../db/languages.ts';
import { changePortalUserPassword } from '../../commands/change-portal-user-password.ts';
import { flash } from '../../flash.ts';
import { Problem } from '../../problem.ts';
import type { Services } from '../../services.ts';
import { beginSession } from '../../sessions.ts';
import { signInLimits } from '../../sign-in/sign-in-limits.ts';
import { typedFields } from '../../typed-fields.ts';
import { formStatus, newPasswordFields, passwordRefusalIn } from '../new-password-fields.ts';
import { phrase, showPage } from '../pages.ts';
import { askToSignIn } from '../sign-in/ask-to-sign-in.ts';
import { asPortalUser, type PortalUserCall } from '../signed-in.ts';
import { ownSessions, presentSessions } from './own-sessions.ts';

/** `/p/:portal/account`: what portal users see and change of themselves. */
export function accountPages(services: Services): Router {
  const router = Router({ mergeParams: true });
  const signedIn = asPortalUser(services, askToSignIn);

  router.get(
    '/account',
    signedIn((call) => showAccount(services, call)),
  );

  router.get(
    '/account/password',
    signedIn(({ response, portal }) => response.redirect(303, `/p/${portal.slug}/account`)), // a reloaded refusal
  );

  router.post(
    '/account/password',
    signedIn(async (call) => {
      const { request, response, portal, contact, language } = call;
      const typed = typedFields(request.body, ['currentPassword', 'password', 'passwordAgain']);
      let changed: Awaited<ReturnType<typeof changePortalUserPassword>>;
      try {
        changed = await changePortalUserPassword(services, portal, contact, typed, {
          // Somebody else at this browser may guess at the password here as little as at the sign-in.
          attempt: (check) => signInLimits(services, `portal_${portal.slug}`).attempt(request, contact.emailKey, check),
        });
      } catch (error) {
        return showAccount(services, call, error);
      }
      const { id: portalUserId, ...asChecked } = changed;
      if (await beginSession(request, services, { portalUserId, ...asChecked })) {
        flash(request, 'done', phrase(language, 'account.changed'));
      }
      response.redirect(303, `/p/${portal.slug}/account`);
    }),
  );

  router.use(ownSessions(services, signedIn));
  return router;
}

async function showAccount(services: Services, call: PortalUserCall, error?: unknown): Promise<void> {
  const { response, portal, language, contact } = call;
  const currentError = currentPasswordError(language, error);
  const refusal = error === undefined || currentError !== undefined ? undefined : passwordRefusalIn(error);
  const busy = error instanceof Problem && error.code === 'unavailable' ? error : undefined;
  showPage(response, {
    status: error === undefined || refusal || busy ? formStatus(response, refusal ?? busy) : 422,
    view: 'account/account',
    language,
    portal,
    context: {
      title: phrase(language, 'account.title'),
      section: { account: true },
      name: contact.name,
      email: contact.email,
      sessions: await presentSessions(services, call),
      currentError,
      ...newPasswordFields(refusal),
    },
  });
}

/** What stands beside the current password; undefined where the error is about something else. */
function currentPasswordError(language: Language, error: unknown): string | undefined {
  if (!(error instanceof Problem)) return undefined;
  const { code, details } = error;
  if (code === 'invalid_request') return phrase(language, 'account.wrong');
  if (code === 'unavailable') return phrase(language, 'signIn.unavailable');
  if (code !== 'too_many_attempts') return undefined;
  if (details.retryAfter === undefined) return phrase(language, 'signIn.tooManyInARow');
  return phrase(language, 'signIn.tooMany', { count: Math.ceil(details.retryAfter / 60) });
}
