import { type Request, type Response, Router } from 'express';
import { emailKey } from '../../../db/email-address.ts';
import { checkOperatorPassword, type OperatorWithPassword } from '../../commands/check-operator-password.ts';
import { Problem } from '../../problem.ts';
import type { Services } from '../../services.ts';
import { beginSession, endSession, isReachable, type SigningIn } from '../../sessions.ts';
import { rememberDevice } from '../../sign-in/known-device.ts';
import { signInFields } from '../../sign-in/sign-in-fields.ts';
import { signInLimits } from '../../sign-in/sign-in-limits.ts';
import { showConsolePage } from '../page.ts';
import { nextPage } from './next-page.ts';

const DONE = new Map([
  ['password', 'Your password was changed, and every session of yours has ended. Sign in with the new one.'],
  ['accepted', 'You have accepted the invitation. Sign in with your password.'],
]);
const REFUSED = 'This e-mail address and password do not match.';

/** Sign-in and sign-out. Neither answer nor timing tells whether an address is known. */
export function signInPages(services: Services): Router {
  const router = Router();
  const limits = signInLimits(services, 'console');

  router.get('/sign-in', (request, response) => {
    const { next, ended, done, other } = request.query;
    if (request.session.operatorId !== undefined) return response.redirect(303, nextPage(next));
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
      if (!isReachable(request, services)) throw new Problem('forbidden', { detail: howToReach(services) });
      const key = emailKey(email.trim()) ?? '';
      const succeeded = await limits.count(request, key);
      const operator = await checkOperatorPassword(services.database.em.fork(), key, password);
      if (operator === null || !(await beginSession(request, services, signingIn(operator)))) {
        return showForm(request, response, { email, next, status: 401, refused: REFUSED });
      }
      await succeeded();
      rememberDevice(response, services, 'console', key);
      response.redirect(303, nextPage(next));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (error.details.retryAfter !== undefined) response.set('Retry-After', String(error.details.retryAfter));
      showForm(request, response, { email, next, status: error.status, refused: error.message });
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

function showForm(request: Request, response: Response, { status = 200, next, ...context }: Form): void {
  const page = { view: 'sign-in/sign-in', title: 'Sign in', status };
  showConsolePage(request, response, { ...page, context: { ...context, next: nextPage(next) } });
}

function signingIn({ id, passwordHash }: OperatorWithPassword): SigningIn {
  return { data: { operatorId: id }, table: 'operators', id, passwordHash };
}

function howToReach({ publicUrl }: Services): string {
  return `This console is meant to be reached at ${publicUrl}. Behind a proxy that ends TLS, set TRUST_PROXY.`;
}
