/** Stands for our own origin, whichever that is: an address that leads away from it has another host. */
const OURS = 'http://ours';

/**
 * Where somebody who signs in wanted to go, as path and query: `home` or a page below it, never another site, and never one
 * of the pages for signing in and out.
 *
 * @param home path without a slash at its end
 * @param signingIn what follows `home` in the addresses that nobody is led to
 */
export function pageWithin(home: string, wanted: unknown, signingIn: RegExp): string {
  if (typeof wanted !== 'string' || !URL.canParse(wanted, OURS)) return home;
  const { origin, pathname, search } = new URL(wanted, OURS);
  const isWithin = pathname === home || pathname.startsWith(`${home}/`);
  return origin === OURS && isWithin && !signingIn.test(pathname.slice(home.length)) ? pathname + search : home;
}
