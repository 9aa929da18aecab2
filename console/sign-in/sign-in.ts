import { type Request, type Response, Router } from 'express';
import { checkOperatorPassword, type OperatorWithPassword } from '../../commands/passwords/operator-password.ts';
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
import { findSignedIn } from '../require-signed-in.ts';
import { showConsolePage } from '../show-page.ts';
import { nextPage } from './mailed-links.ts';

const DONE = new Map([
  ['password', 'Your password was changed, and every session of yours has ended. Sign in with the new one.'],
  ['accepted', 'You have accepted the invitation. Sign in with your password.'],
]);
const REFUSED = 'This e-mail address and password do not match.';

/** Sign-in and sign-out. Neither answer nor timing tells whether an address is known. */
export function signInPages(services: Services): Router {
  const router = Router();
  const limits = signInLimits(services, 'console');

  router.get('/sign-in', async (request, response) => {
    const { next, ended, done, other } = request.query;
    const { operatorId } = request.session;
    const signedIn = operatorId === undefined ? undefined : await findSignedIn(services.database, operatorId);
    if (signedIn !== undefined) return showSignedIn(request, response, signedIn.operator.email, next);
    const unreachable = isReachable(request, services) ? undefined : howToReach(services);
    showForm(request, response, {
      next,
      refused: unreachable,
      ended: ended === '1',
      done: DONE.get(String(done)),
      other: other === '1',
    });
  });

  router.post('/sign-in', async (request, response) => {
    const { email, password } = signInFields(request.body);
    const { next } = (request.body ?? {}) as { next?: unknown };
    try {
      if (!isReachable(request, services)) throw new Refusal('forbidden', { detail: howToReach(services) });
      const key = emailKey(email.trim()) ?? '';
      const operator = await limits.attempt(signInOrigin(request, services, 'console', key), key, async () => {
        const holder = await checkOperatorPassword(services.database.em.fork(), key, password);
        return holder !== null && (await beginSession(request, services, signingIn(holder))) ? holder : null;
      });
      if (operator === null) return showForm(request, response, { email, next, status: 401, refused: REFUSED });
      rememberDevice(request, services, 'console', key);
      response.redirect(303, nextPage(next));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.details.retryAfter !== undefined) response.set('Retry-After', String(error.details.retryAfter));
      showForm(request, response, { email, next, status: statusOf(error), refused: error.message });
    }
  });

  router.post('/sign-out', async (request, response) => {
    await endSession(request);
    response.redirect(303, '/console/sign-in');
  });
  return router;
}

interface Form {
  status?: number;
  email?: string;
  next: unknown;
  refused?: string | undefined;
  /** A session ended before what was sent could be carried out. */
  ended?: boolean;
  /** What a mailed link did a moment ago. */
  done?: string | undefined;
  /** It ended the session of another operator in this browser. */
  other?: boolean;
}

/** Instead of the form: to lead on without a word would show one person's pages to another who shares the browser. */
function showSignedIn(request: Request, response: Response, email: string, next: unknown): void {
  const page = { view: 'sign-in/signed-in', title: 'You are signed in' };
  showConsolePage(request, response, { ...page, context: { email, next: nextPage(next) } });
}

function showForm(request: Request, response: Response, { status = 200, next, ...context }: Form): void {
  const page = { view: 'sign-in/sign-in', title: 'Sign in', status };
  showConsolePage(request, response, { ...page, context: { ...context, next: nextPage(next) } });
}

function signingIn({ id, passwordHash }: OperatorWithPassword): SigningIn {
  return { operatorId: id, passwordHash };
}

function howToReach({ publicUrl }: Services): string {
  return `This console is meant to be reached at ${publicUrl}. Behind a proxy that ends TLS, set TRUST_PROXY.`;
}
