/**
 * A cookie by which a browser is known in which a person signed in before. Failed sign-ins are counted apart for such a browser, so
 * that an attacker in the same network cannot lock the person out (OWASP, "Slow Down Online Guessing Attacks with Device Cookies").
 * The cookie opens nothing.
 */

import { createHmac, randomUUID } from 'node:crypto';
import type { Request } from 'express';
import type { SignInArea } from '../commands/sign-in/rate-limiter.ts';
import type { SignInOrigin } from '../commands/sign-in/sign-in-limits.ts';
import { cookieKeys, isSameMac, readCookie, setCookie } from './cookies.ts';
import type { Services } from './services.ts';

const DEVICE = /^([\da-f-]{36})\.([\w-]{43})$/;
const YEAR_MS = 365 * 86_400_000;

/** The id of this browser, where the person with this address has signed in before. */
function knownDevice(request: Request, services: Services, area: SignInArea, emailKey: string): string | undefined {
  const [, device, mac] = DEVICE.exec(readCookie(request, services, area, 'device') ?? '') ?? [];
  if (device === undefined || mac === undefined) return undefined;
  const isOurs = cookieKeys(services, area).some((key) => isSameMac(sign(key, device, emailKey), mac));
  return isOurs ? device : undefined;
}

/** Where a request to sign in comes from, for the limits on sign-ins. */
export function signInOrigin(request: Request, services: Services, area: SignInArea, emailKey: string): SignInOrigin {
  return { address: request.ip, device: knownDevice(request, services, area, emailKey) };
}

/** From now on this browser is known as one of this person's. */
export function rememberDevice(request: Request, services: Services, area: SignInArea, emailKey: string): void {
  const device = randomUUID();
  const mac = sign(cookieKeys(services, area)[0]!, device, emailKey);
  setCookie(request, services, area, 'device', `${device}.${mac}`, { maxAge: YEAR_MS });
}

function sign(secret: string, device: string, emailKey: string): string {
  return createHmac('sha256', secret).update(`known-device/${device}/${emailKey}`).digest('base64url');
}
