import { pageWithin } from '../../sign-in/page-within.ts';

const SIGNING_IN = /^\/(sign-(in|out)|forgotten-password)(\/|$)/;

/**
 * Where somebody who signs in wanted to go, as path and query: a page of this console, never another site, and never one of
 * the pages for signing in and out.
 */
export function nextPage(wanted: unknown): string {
  return pageWithin('/console', wanted, SIGNING_IN);
}
