/** Stands for our own origin, whichever that is: an address that leads away from it has another host. */
const OURS = 'http://console';

/**
 * Where somebody who signs in wanted to go, as path and query: a page of this console, never another site, and never one of
 * the pages for signing in and out.
 */
export function nextPage(wanted: unknown): string {
  if (typeof wanted !== 'string' || !URL.canParse(wanted, OURS)) return '/console';
  const { origin, pathname, search } = new URL(wanted, OURS);
  const isOurs = origin === OURS && pathname.startsWith('/console/') && !/^\/console\/sign-(in|out)$/.test(pathname);
  return isOurs ? pathname + search : '/console';
}
