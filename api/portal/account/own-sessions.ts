import { Router } from 'express';
import type { Language } from '../../../db/languages.ts';
import { listSessions } from '../../../db/queries/list-sessions.ts';
import { endOwnSession } from '../../commands/end-own-session.ts';
import { describeBrowser } from '../../describe-browser.ts';
import { flash } from '../../flash.ts';
import type { Services } from '../../services.ts';
import { signOutElsewhere } from '../../sessions.ts';
import { portalMoment } from '../moment.ts';
import { phrase } from '../pages.ts';
import type { AsSignedIn, PortalUserCall } from '../signed-in.ts';

/** `/p/:portal/account/sessions` and `/sign-out-everywhere`: a portal user ends their own sessions. */
export function ownSessions(services: Services, signedIn: AsSignedIn): Router {
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
      flash(request, 'done', phrase(language, 'account.sessionEnded'));
      response.redirect(303, `/p/${portal.slug}/account`);
    }),
  );

  router.post(
    '/sign-out-everywhere',
    signedIn(async ({ request, response, portal, language }) => {
      if (await signOutElsewhere(request, services)) {
        flash(request, 'done', phrase(language, 'account.signedOutEverywhere'));
      }
      response.redirect(303, `/p/${portal.slug}/account`);
    }),
  );
  return router;
}

/** For the account page: where the portal user is signed in. */
export async function presentSessions(
  { database }: Services,
  { request, language, portalUser }: Pick<PortalUserCall, 'request' | 'language' | 'portalUser'>,
) {
  const sessions = await listSessions(database.em.fork(), { portalUserId: portalUser.id });
  return sessions.map(({ id, userAgent, createdAt, lastUsedAt }) => ({
    id,
    name: nameOf(userAgent, language),
    isThis: id === request.session.rowId,
    since: portalMoment(createdAt, language),
    lastUsed: portalMoment(lastUsedAt, language),
  }));
}

function nameOf(userAgent: string | null, language: Language): string {
  const names = describeBrowser(userAgent);
  if (names.browser && names.system) return phrase(language, 'account.browserOn', { ...names });
  return names.browser ?? names.system ?? phrase(language, 'account.unknownBrowser');
}
