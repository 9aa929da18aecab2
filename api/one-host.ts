import type { RequestHandler } from 'express';
import { Problem } from './problem.ts';

/**
 * Refuses a request with several Host headers (RFC 9112, section 3.2): Node gives us the first, a proxy before us may have
 * decided by another. Node itself refuses a request without one.
 *
 * @throws Problem `invalid_request`
 */
export const requireOneHost: RequestHandler = (request, _response, next) => {
  const names = request.rawHeaders.filter((_text, index) => index % 2 === 0);
  if (names.filter((name) => name.toLowerCase() === 'host').length > 1) {
    throw new Problem('invalid_request', { detail: 'Send one Host header.' });
  }
  next();
};
