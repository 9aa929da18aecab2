import type { ErrorRequestHandler } from 'express';
import { problemOf } from '../problem-of.ts';
import type { Services } from '../services.ts';
import { en } from './locales/en.ts';
import { phrase, showPage } from './pages.ts';
import type { PortalLocals } from './signed-in.ts';

/** The portal's last middleware: each problem as a page in the reader's language. */
export function showPortalProblem({ logger }: Services): ErrorRequestHandler {
  return (error, _request, response, next) => {
    if (response.headersSent) return next(error);
    const { status, code, details } = problemOf(error, logger);
    const { portal, language } = response.locals as PortalLocals;
    if (details.retryAfter !== undefined) response.set('Retry-After', String(details.retryAfter));
    const known = code in en.problem ? code : status < 500 ? 'invalid_request' : 'internal_error';
    const title = phrase(language, `problem.${known}.title`);
    showPage(response, {
      status,
      view: 'problem',
      language,
      portal,
      context: { title, code: known, reason: details.detail },
    });
  };
}
