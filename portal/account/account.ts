import { Router } from 'express';
import { changePortalUserPassword } from '../../commands/passwords/portal-user-password.ts';
import { endOwnSession } from '../../commands/sign-in/end-sessions.ts';
import { listSessions } from '../../db/queries/sessions.ts';
import type { Language } from '../../vocabulary/languages.ts';
import { Refusal } from '../../vocabulary/refusal.ts';
import { beginSession, signOutElsewhere } from '../../web/begin-session.ts';
import { describeBrowser } from '../../web/describe-browser.ts';
import { flash } from '../../web/flash.ts';
import { typedFields } from '../../web/form-fields.ts';
import { signInOrigin } from '../../web/known-device.ts';
import type { Services } from '../../web/services.ts';
import { type AsSignedIn, asPortalUser, type PortalUserCall } from '../require-signed-in.ts';
import { phrase, portalMoment, showPage } from '../show-page.ts';
import { askToSignIn } from '../sign-in/ask-to-sign-in.ts';
import { formStatus, newPasswordFields, passwordRefusalIn } from '../sign-in/new-password.ts';

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
      const area = `portal_${portal.slug}` as const;
      const typed = typedFields(request.body, ['currentPassword', 'password', 'passwordAgain']);
      let changed: Awaited<ReturnType<typeof changePortalUserPassword>>;
      try {
        const origin = signInOrigin(request, services, area, contact.emailKey);
        changed = await changePortalUserPassword(services, portal, contact, origin, typed);
      } catch (error) {
        return showAccount(services, call, error);
      }
      const { id: portalUserId, ...asChecked } = changed;
      if (await beginSession(request, services, { portalUserId, ...asChecked })) {
        await flash(request, 'done', phrase(language, 'account.changed'));
      }
      response.redirect(303, `/p/${portal.slug}/account`);
    }),
  );

  router.use(ownSessionForms(services, signedIn));
  return router;
}

async function showAccount(services: Services, call: PortalUserCall, error?: unknown): Promise<void> {
  const { response, portal, language, contact } = call;
  const currentError = currentPasswordError(language, error);
  const refusal = error === undefined || currentError !== undefined ? undefined : passwordRefusalIn(error);
  const busy = error instanceof Refusal && error.code === 'unavailable' ? error : undefined;
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
  if (!(error instanceof Refusal)) return undefined;
  const { code, details } = error;
  if (code === 'invalid_request') return phrase(language, 'account.wrong');
  if (code === 'unavailable') return phrase(language, 'signIn.unavailable');
  if (code !== 'too_many_attempts') return undefined;
  if (details.retryAfter === undefined) return phrase(language, 'signIn.tooManyInARow');
  return phrase(language, 'signIn.tooMany', { count: Math.ceil(details.retryAfter / 60) });
}

/** `/p/:portal/account/sessions` and `/sign-out-everywhere`: a portal user ends their own sessions. */
function ownSessionForms(services: Services, signedIn: AsSignedIn): Router {
  const router = Router({ mergeParams: true });

  router.get(
    '/account/sessions/:sessionId/end',
    signedIn(({ response, portal }) => response.redirect(303, `/p/${portal.slug}/account`)), // after signing in again
  );

  router.post(
    '/account/sessions/:sessionId/end',
    signedIn(async ({ request, response, portal, portalUser, language }) => {
      const em = services.database.em.fork();
      await endOwnSession(em, { portalUserId: portalUser.id }, String(request.params.sessionId));
      await flash(request, 'done', phrase(language, 'account.sessionEnded'));
      response.redirect(303, `/p/${portal.slug}/account`);
    }),
  );

  router.post(
    '/sign-out-everywhere',
    signedIn(async ({ request, response, portal, language }) => {
      if (await signOutElsewhere(request, services)) {
        await flash(request, 'done', phrase(language, 'account.signedOutEverywhere'));
      }
      response.redirect(303, `/p/${portal.slug}/account`);
    }),
  );
  return router;
}

/** For the account page: where the portal user is signed in. */
async function presentSessions(
  { database }: Services,
  { request, language, portalUser }: Pick<PortalUserCall, 'request' | 'language' | 'portalUser'>,
) {
  const sessions = await listSessions(database.em.fork(), { portalUserId: portalUser.id });
  return sessions.map(({ id, userAgent, createdAt, lastUsedAt }) => ({
    id,
    name: nameOf(userAgent, language),
    isThis: id === request.session.row?.id,
    since: portalMoment(createdAt, language),
    lastUsed: portalMoment(lastUsedAt, language),
  }));
}

function nameOf(userAgent: string | null, language: Language): string {
  const names = describeBrowser(userAgent);
  if (names.browser && names.system) return phrase(language, 'account.browserOn', { ...names });
  return names.browser ?? names.system ?? phrase(language, 'account.unknownBrowser');
}
