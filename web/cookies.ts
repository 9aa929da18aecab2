/**
 * The cookies of an area: the console, or one customer portal. Scripts cannot read them, other sites' forms do not carry them, and
 * under TLS they are bound to this very host. The keys that sign them are not in the database.
 */
import { hkdfSync, timingSafeEqual } from 'node:crypto';
import { parseCookie } from 'cookie';
import type { CookieOptions, Request } from 'express';
import type { SignInArea } from '../commands/sign-in/rate-limiter.ts';
import type { Services } from './services.ts';

const KEY_BYTES = 32;

/** What cookies need of the process. */
type Cookies = Pick<Services, 'linkKeys' | 'publicUrl'>;
type CookieKind = 'session' | 'device';

export function readCookie(
  request: Request,
  { publicUrl }: Cookies,
  area: SignInArea,
  name: CookieKind,
): string | undefined {
  return parseCookie(request.get('Cookie') ?? '')[cookieName(publicUrl, area, name)];
}

/** Sends a cookie with the response to a request. */
export function setCookie(
  { res }: Request,
  { publicUrl }: Cookies,
  area: SignInArea,
  name: CookieKind,
  value: string,
  lifetime: Pick<CookieOptions, 'maxAge' | 'expires'>,
): void {
  const secure = isSecure(publicUrl);
  res!.cookie(cookieName(publicUrl, area, name), value, {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure,
    ...lifetime,
  });
}

/** Derived from the keys that sign links: the first signs, all verify. A signature of one area is worth nothing in another. */
export function cookieKeys({ linkKeys: { current, byId } }: Cookies, area: SignInArea): string[] {
  const keys = [byId.get(current)!, ...[...byId].filter(([id]) => id !== current).map(([, key]) => key)];
  return keys.map((key) =>
    Buffer.from(hkdfSync('sha256', key, '', `${area}-cookies`, KEY_BYTES)).toString('base64url'),
  );
}

/** Compares two MACs. How long it takes says nothing of where they differ. */
export function isSameMac(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
}

/** Without TLS as far as we can see, the browser would never get the cookie, and be asked to sign in again and again. */
export function isReachable(request: Request, { publicUrl }: Cookies): boolean {
  return !isSecure(publicUrl) || request.secure;
}

/** `__Host-` binds a cookie to this very host and to TLS (RFC 6265bis, section 4.1.3.2). */
export function cookieName(publicUrl: string, area: SignInArea, name: CookieKind): string {
  return isSecure(publicUrl) ? `__Host-${area}_${name}` : `${area}_${name}`;
}

function isSecure(publicUrl: string): boolean {
  return publicUrl.startsWith('https:');
}
