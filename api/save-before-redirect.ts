import type { RequestHandler } from 'express';

/**
 * Makes a redirect wait until what the next page is to say is saved. By itself express-session saves while the answer's head
 * is on its way already, and a browser that follows at once would be told nothing. What cannot be saved is not said: what was
 * asked for is done by then.
 */
export const saveBeforeRedirect: RequestHandler = (request, response, next) => {
  const redirect = response.redirect.bind(response) as (...args: unknown[]) => void;
  response.redirect = (...args: unknown[]) => {
    if (request.session?.flash === undefined) return redirect(...args);
    request.session.save(() => redirect(...args));
  };
  next();
};
