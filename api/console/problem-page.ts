import type { ErrorRequestHandler } from 'express';
import { PROBLEMS } from '../problem.ts';
import { problemOf } from '../problem-of.ts';
import type { Services } from '../services.ts';
import { showConsolePage, showFragment } from './page.ts';
import { isFragment } from './signed-in.ts';

/** Titles that speak to a person at a page rather than to a program. */
const TITLES: Partial<Record<keyof typeof PROBLEMS, string>> = {
  invalid_request: 'This request could not be understood',
  not_found: 'There is no such page',
  forbidden: 'You may not do that',
  unavailable: 'A part of the service is down at the moment',
};

/** The console's last middleware: each problem as a page that says what to do, or as a line for a part of one. */
export function showProblem({ logger }: Services): ErrorRequestHandler {
  return (error, request, response, next) => {
    if (response.headersSent) return next(error);
    const problem = problemOf(error, logger);
    const title = TITLES[problem.code] ?? PROBLEMS[problem.code].title;
    const { retryAfter, detail, errors } = problem.details;
    if (retryAfter !== undefined) response.set('Retry-After', String(retryAfter));
    response.status(problem.status);
    const mayBeDone = request.method !== 'GET';
    const context = { heading: title, detail, errors, canTryAgain: problem.status >= 500, mayBeDone };
    if (isFragment(request)) return showFragment(response, 'problem-line', context);
    showConsolePage(request, response, { view: 'problem', title, status: problem.status, context });
  };
}
