import { pageWithin } from '../../sign-in/page-within.ts';

const SIGNING_IN = /^\/(sign-(in|out|out-everywhere)|forgotten-password|reset(\/.*)?)\/?$/;

/** Where somebody who signs in at a portal wanted to go, as path and query: one of this portal's pages, never anything else. */
export function nextPage(slug: string, wanted: unknown): string {
  return pageWithin(`/p/${slug}`, wanted, SIGNING_IN);
}
