import { type Request, type Response, Router } from 'express';
import { emailKey } from '../../../db/email-address.ts';
import { checkPortalUserPassword, type PasswordHolder } from '../../commands/check-portal-user-password.ts';
import { Problem } from '../../problem.ts';
import type { Services } from '../../services.ts';
import { beginSession, endSession, isReachable, type SigningIn } from '../../sessions.ts';
import { rememberDevice } from '../../sign-in/known-device.ts';
import { signInFields } from '../../sign-in/sign-in-fields.ts';
import { signInLimits } from '../../sign-in/sign-in-limits.ts';
import { findSignedIn, type PortalLocals } from '../signed-in.ts';
import { nextPage } from './next-page.ts';
import { type Draft, draftAmong } from './read-draft.ts';
import { type SignInForm, showSignedIn, showSignIn } from './show-sign-in.ts';

/** Sign-in and sign-out of one portal. Neither answer nor timing tells whether an address is known. */
export function signInForm(services: Services): Router {
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
      if (!(error instanceof Problem)) throw error;
      const { retryAfter } = error.details;
      if (retryAfter !== undefined) response.set('Retry-After', String(retryAfter));
      if (error.code !== 'too_many_attempts') return again(error.status, { refused: 'unavailable' });
      if (retryAfter === undefined) return again(error.status, { refused: 'tooManyInARow' });
      return again(error.status, { refused: 'tooMany', count: Math.ceil(retryAfter / 60) });
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
    const user = await signInLimits(services, area).attempt(request, key, async () => {
      const holder = await checkPortalUserPassword(services.database.em.fork(), portal, key, password);
      return holder !== null && (await beginSession(request, services, signingIn(holder, draft))) ? holder : null;
    });
    if (user === null) return false;
    rememberDevice(response, services, area, key);
    return true;
  }
}

/** Where to go after signing in, and what was typed there before. */
function wanted(request: Request, slug: string): { next: string; draft: Draft | undefined } {
  const next = nextPage(slug, (request.body as { next?: unknown } | undefined)?.next);
  return { next, draft: draftAmong(request.body, next.split('?')[0]!) };
}

/** Another person's draft is not kept: they may have left the browser with the form open. */
function signingIn({ id, passwordHash, deactivationCount }: PasswordHolder, draft: Draft | undefined): SigningIn {
  const isOwn = draft !== undefined && (!draft.writer || draft.writer === id);
  return {
    portalUserId: id,
    passwordHash,
    deactivationCount,
    ...(isOwn && { draft: { path: draft.path, fields: draft.fields } }),
  };
}
