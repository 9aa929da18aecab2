import type { Request, RequestHandler } from 'express';
import { Problem } from './problem.ts';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses writes that another site's page started (CSRF), by what every browser says of a request's origin: no token to
 * store, to go stale or to leak (OWASP's CSRF prevention cheat sheet, "Fetch Metadata"). What says nothing is refused too.
 */
export function requireSameOrigin(publicUrl: string): RequestHandler {
  const ownOrigin = new URL(publicUrl).origin;
  return (request, _response, next) => {
    if (SAFE_METHODS.has(request.method) || isSameOrigin(request, ownOrigin)) return next();
    throw new Problem('forbidden', {
      detail: 'This form was not sent from a page of ours. Open the page again.',
    });
  };
}

/**
 * The same for addresses that programs post to as well: JSON that names no origin passes, since a browser names one with every
 * POST (Fetch standard, section 3.1).
 */
export function requireSameOriginOfForms(publicUrl: string): RequestHandler {
  const requireIt = requireSameOrigin(publicUrl);
  return (request, response, next) => (isProgram(request) ? next() : requireIt(request, response, next));
}

function isProgram(request: Request): boolean {
  const namesOrigin = request.get('Sec-Fetch-Site') !== undefined || request.get('Origin') !== undefined;
  return !namesOrigin && Boolean(request.is('application/json'));
}

/** `Sec-Fetch-Site` is the browser's own word; where TLS is missing there is only `Origin` (Fetch standard, section 3.1). */
function isSameOrigin(request: Request, ownOrigin: string): boolean {
  const site = request.get('Sec-Fetch-Site');
  if (site !== undefined) return site === 'same-origin';
  const origin = request.get('Origin');
  if (origin === undefined) return false;
  return origin === ownOrigin || origin === `${request.protocol}://${request.get('Host')}`;
}
