import { type Request, type Response, Router } from 'express';
import { checkPortalUserPassword, type PortalUserWithPassword } from '../../commands/passwords/portal-user-password.ts';
import { signInLimits } from '../../commands/sign-in/sign-in-limits.ts';
import { emailKey } from '../../vocabulary/email-address.ts';
import { Refusal } from '../../vocabulary/refusal.ts';
import { beginSession, type SigningIn } from '../../web/begin-session.ts';
import { isReachable } from '../../web/cookies.ts';
import { signInFields } from '../../web/form-fields.ts';
import { rememberDevice, signInOrigin } from '../../web/known-device.ts';
import { statusOf } from '../../web/problem.ts';
import type { Services } from '../../web/services.ts';
import { endSession } from '../../web/sessions.ts';
import { accountPages } from '../account/account.ts';
import { findSignedIn, type PortalLocals } from '../require-signed-in.ts';
import { forgottenPassword, newPasswordPages } from './new-password.ts';
import { type Draft, draftAmong, nextPage } from './read-draft.ts';
import { leadToOwnSite, type SignInForm, showSignedIn, showSignIn } from './show-sign-in.ts';

/** Sign-in and sign-out of one portal. Neither answer nor timing tells whether an address is known. */
function signInForm(services: Services): Router {
  const router = Router({ mergeParams: true });
  const { publicUrl } = services;

  router.get('/sign-in', async (request, response) => {
    const { portal } = response.locals as PortalLocals;
    const { next } = request.query;
    const done = request.query.done === 'password' ? 'passwordChanged' : undefined;
    const portalUser = await findSignedIn(services, request, portal);
    if (portalUser !== null) return showSignedIn(response, portalUser, { next, done });
    const refused = isReachable(request, services) ? undefined : 'unreachable';
    showSignIn(response, { next, refused, publicUrl, done });
  });

  router.post('/sign-in', async (request, response) => {
    const { portal } = response.locals as PortalLocals;
    const typed = signInFields(request.body);
    const { next, draft } = wanted(request, portal.slug);
    const again = (status: number, why: SignInForm) =>
      showSignIn(response, { email: typed.email, next, draft, publicUrl, status, ...why });
    if (!isReachable(request, services)) return again(403, { refused: 'unreachable' });
    try {
      const isSignedIn = await signIn(request, response, { ...typed, draft });
      if (!isSignedIn) return again(401, { refused: 'wrong' });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { retryAfter } = error.details;
      if (retryAfter !== undefined) response.set('Retry-After', String(retryAfter));
      if (error.code !== 'too_many_attempts') return again(statusOf(error), { refused: 'unavailable' });
      if (retryAfter === undefined) return again(statusOf(error), { refused: 'tooManyInARow' });
      return again(statusOf(error), { refused: 'tooMany', count: Math.ceil(retryAfter / 60) });
    }
    response.redirect(303, next);
  });

  router.post('/sign-out', async (request, response) => {
    const { portal } = response.locals as PortalLocals;
    await endSession(request);
    response.redirect(303, `/p/${portal.slug}/sign-in`);
  });
  return router;

  async function signIn(
    request: Request,
    response: Response,
    { email, password, draft }: { email: string; password: string; draft: Draft | undefined },
  ): Promise<boolean> {
    const { portal } = response.locals as PortalLocals;
    const area = `portal_${portal.slug}` as const;
    const key = emailKey(email.trim()) ?? '';
    const user = await signInLimits(services, area).attempt(
      signInOrigin(request, services, area, key),
      key,
      async () => {
        const holder = await checkPortalUserPassword(services.database.em.fork(), portal, key, password);
        return holder !== null && (await beginSession(request, services, signingIn(holder, draft))) ? holder : null;
      },
    );
    if (user === null) return false;
    rememberDevice(request, services, area, key);
    return true;
  }
}

/** Where to go after signing in, and what was typed there before. */
function wanted(request: Request, slug: string): { next: string; draft: Draft | undefined } {
  const next = nextPage(slug, (request.body as { next?: unknown } | undefined)?.next);
  return { next, draft: draftAmong(request.body, next.split('?')[0]!) };
}

/** Another person's draft is not kept: they may have left the browser with the form open. */
function signingIn(
  { id, passwordHash, deactivationCount }: PortalUserWithPassword,
  draft: Draft | undefined,
): SigningIn {
  const isOwn = draft !== undefined && (!draft.writer || draft.writer === id);
  return {
    portalUserId: id,
    passwordHash,
    deactivationCount,
    ...(isOwn && { draft: { path: draft.path, fields: draft.fields } }),
  };
}

/** How portal users get into their portal, and out of it. */
export function portalSignInPages(services: Services): Router {
  const router = Router({ mergeParams: true });
  router.use(['/sign-in', '/forgotten-password', '/reset'], leadToOwnSite);
  router.use(signInForm(services), forgottenPassword(services), newPasswordPages(services), accountPages(services));
  return router;
}
