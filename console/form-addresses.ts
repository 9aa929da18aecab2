import type { RequestHandler } from 'express';
import { isFragment } from './require-signed-in.ts';

/**
 * The addresses that only forms have, each with the page that it leads to. A form that is refused is shown again at its own address,
 * which the browser then has in its address bar, its history and its bookmarks.
 */
const PAGES_OF_FORMS: [form: RegExp, page: string][] = [
  [/^\/sign-out$/, ''],
  [/^(\/account)\/.+$/, '$1'],
  [/^(\/[^/]+\/users\/[^/]+)\/(re-invite|reactivate|correct)$/, '$1'],
  [/^(\/[^/]+\/requests\/[^/]+)\/(reply|status)$/, '$1'],
  [/^(\/[^/]+\/contacts\/[^/]+)\/add-portal-user$/, '$1'],
  [/^(\/[^/]+\/contacts)\/add-portal-users$/, '$1'],
  [/^(\/[^/]+\/settings\/operators)\/[^/]+\/(role|re-invite)$/, '$1'],
  [/^(\/[^/]+\/settings(?:\/emails)?)\/(preview|test-email|logo\/remove)$/, '$1'],
  [/^(\/[^/]+\/bulk-actions\/[^/]+)\/stop$/, '$1'],
  [/^(\/[^/]+)\/bulk-actions(\/question)?$/, '$1/users'],
];

/** Redirects from the address of a form, opened as a page, to the page that has the form. Whether that exists is for the page to say. */
export const leadFromFormToPage: RequestHandler = (request, response, next) => {
  if (request.method === 'POST' || isFragment(request)) return next();
  const found = PAGES_OF_FORMS.find(([form]) => form.test(request.path));
  if (found === undefined) return next();
  const [form, page] = found;
  response.redirect(303, `/console${request.path.replace(form, page)}`);
};
