import type { RequestHandler } from 'express';
import { Refusal } from '../vocabulary/refusal.ts';

/**
 * Lets requests with these methods pass. OPTIONS is answered with the list; any other method is refused with it (RFC 9110,
 * section 15.5.6).
 *
 * @param methods in capitals; GET implies HEAD
 * @throws Refusal `method_not_allowed`
 */
export function allowMethods(...methods: string[]): RequestHandler {
  const allowed = methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
  const allow = [...allowed, 'OPTIONS'].join(', ');
  return (request, response, next) => {
    if (allowed.includes(request.method)) return next();
    response.set('Allow', allow);
    if (request.method !== 'OPTIONS') throw new Refusal('method_not_allowed', { detail: `Use one of ${allow}.` });
    response.status(204).end();
  };
}

/**
 * The rule for pages, before anything else is decided about a request: all their addresses support GET and POST, those of no page
 * too. A POST to a page without a form is "not found". An endpoint of the JSON API and a file have their own list.
 */
export const allowPageMethods = allowMethods('GET', 'POST');
