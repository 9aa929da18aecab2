import type { Request, RequestHandler } from 'express';
import { Refusal } from '../vocabulary/refusal.ts';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses writes that another site's page started (CSRF), by what every browser says of a request's origin: no token to
 * store, to go stale or to leak (OWASP's CSRF prevention cheat sheet, "Fetch Metadata"). What says nothing is refused too.
 */
export function requireSameOrigin(publicUrl: string): RequestHandler {
  const ownOrigin = new URL(publicUrl).origin;
  return (request, _response, next) => {
    if (SAFE_METHODS.has(request.method) || isSameOrigin(request, ownOrigin)) return next();
    throw new Refusal('forbidden', {
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

/**
 * Refuses a request with several Host headers (RFC 9112, section 3.2): Node gives us the first, a proxy before us may have
 * decided by another. Node itself refuses a request without one.
 *
 * @throws Refusal `invalid_request`
 */
export const requireOneHost: RequestHandler = (request, _response, next) => {
  const names = request.rawHeaders.filter((_text, index) => index % 2 === 0);
  if (names.filter((name) => name.toLowerCase() === 'host').length > 1) {
    throw new Refusal('invalid_request', { detail: 'Send one Host header.' });
  }
  next();
};

/**
 * The `Referrer-Policy` of pages whose address is a secret, as that of a mailed link is: what they load and lead to learns the
 * origin alone. Under `no-referrer` a form's `Origin` would be `null` (Referrer Policy, section 3.5; Fetch, section 3.1).
 */
export const SECRET_ADDRESS_POLICY = 'strict-origin';

/** Keeps the address of a page out of the `Referer` of every request that the page makes. */
export const keepAddressSecret: RequestHandler = (_request, response, next) => {
  response.set('Referrer-Policy', SECRET_ADDRESS_POLICY);
  next();
};

/** Stands for our own origin: an address that leads away from it has another host. */
const OURS = 'http://ours';

/**
 * The page that a person wanted before they had to sign in, as path and query: `home` or a page below it, never another site, and
 * never one of the pages for signing in and out.
 *
 * @param home path without a slash at its end
 * @param signingIn matches what follows `home` in the addresses of these
 */
export function pageWithin(home: string, wanted: unknown, signingIn: RegExp): string {
  if (typeof wanted !== 'string' || !URL.canParse(wanted, OURS)) return home;
  const { origin, pathname, search } = new URL(wanted, OURS);
  const isWithin = pathname === home || pathname.startsWith(`${home}/`);
  return origin === OURS && isWithin && !signingIn.test(pathname.slice(home.length)) ? pathname + search : home;
}
