import { type Request, type Response, Router } from 'express';
import { emailKey } from '../../../db/email-address.ts';
import { checkOperatorPassword } from '../../commands/check-operator-password.ts';
import { MAX_PASSWORD_LENGTH } from '../../password.ts';
import { Problem } from '../../problem.ts';
import type { Services } from '../../services.ts';
import { showConsolePage } from '../page.ts';
import { beginSession, endSession, isSecure } from '../sessions.ts';
import { rememberDevice } from './known-device.ts';
import { nextPage } from './next-page.ts';
import { signInLimits } from './sign-in-limits.ts';

/** In UTF-16 units: a character takes two at the most. What is longer is no password of ours. */
const MAX_FIELD_LENGTH = 2 * MAX_PASSWORD_LENGTH;
const REFUSED = 'This e-mail address and password do not match.';

/** Sign-in and sign-out. Neither answer nor timing tells whether an address is known. */
export function signInPages(services: Services): Router {
  const router = Router();
  const limits = signInLimits(services);

  router.get('/sign-in', (request, response) => {
    const { next, ended } = request.query;
    if (request.session.operatorId !== undefined) return response.redirect(303, nextPage(next));
    const unreachable = isReachable(request, services) ? undefined : howToReach(services);
    showForm(request, response, { next, refused: unreachable, ended: ended === '1' });
  });

  router.post('/sign-in', async (request, response) => {
    const { email, password, next } = fields(request);
    try {
      if (!isReachable(request, services)) throw new Problem('forbidden', { detail: howToReach(services) });
      const key = emailKey(email.trim()) ?? '';
      const succeeded = await limits.count(request, key);
      const operator = await checkOperatorPassword(services.database.em.fork(), key, password);
      if (operator === null || !(await beginSession(request, services, operator))) {
        return showForm(request, response, { email, next, status: 401, refused: REFUSED });
      }
      await succeeded();
      rememberDevice(response, services, key);
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
}

function showForm(request: Request, response: Response, { status = 200, next, ...context }: Form): void {
  const page = { view: 'sign-in/sign-in', title: 'Sign in', status };
  showConsolePage(request, response, { ...page, context: { ...context, next: nextPage(next) } });
}

function fields(request: Request): { email: string; password: string; next: unknown } {
  const { email, password, next } = (request.body ?? {}) as Record<string, unknown>;
  const text = (value: unknown) => (typeof value === 'string' ? value.slice(0, MAX_FIELD_LENGTH) : '');
  return { email: text(email), password: text(password), next };
}

/** Without TLS as far as we can see, the browser would never get the cookie: say so instead of asking again and again. */
function isReachable(request: Request, { publicUrl }: Services): boolean {
  return !isSecure(publicUrl) || request.secure;
}

function howToReach({ publicUrl }: Services): string {
  return `This console is meant to be reached at ${publicUrl}. Behind a proxy that ends TLS, set TRUST_PROXY.`;
}
