/**
 * Remembers in a browser that somebody signed in there before. Guesses are counted apart for such a browser, so that
 * somebody who guesses at their password from the same network cannot lock them out (OWASP, "Slow Down
 * Online Guessing Attacks with Device Cookies"). It opens nothing.
 */
import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import { parseCookie } from 'cookie';
import type { Request, Response } from 'express';
import type { Services } from '../services.ts';
import { cookieName, cookieOptions, cookieSecrets, type SignInArea } from '../sessions.ts';

const DEVICE = /^([\da-f-]{36})\.([\w-]{43})$/;
const YEAR_MS = 365 * 86_400_000;

/** The id of this browser, where the person with this address has signed in before. */
export function knownDevice(
  request: Request,
  { linkKeys, publicUrl }: Services,
  area: SignInArea,
  emailKey: string,
): string | undefined {
  const cookie = parseCookie(request.get('Cookie') ?? '')[cookieName(publicUrl, area, 'device')];
  const [, device, mac] = DEVICE.exec(cookie ?? '') ?? [];
  if (device === undefined || mac === undefined) return undefined;
  const isOurs = cookieSecrets(linkKeys, area).some((secret) =>
    timingSafeEqual(Buffer.from(sign(secret, device, emailKey)), Buffer.from(mac)),
  );
  return isOurs ? device : undefined;
}

/** From now on this browser is known as one of this person's. */
export function rememberDevice(
  response: Response,
  { linkKeys, publicUrl }: Services,
  area: SignInArea,
  emailKey: string,
): void {
  const device = randomUUID();
  const mac = sign(cookieSecrets(linkKeys, area)[0]!, device, emailKey);
  response.cookie(cookieName(publicUrl, area, 'device'), `${device}.${mac}`, {
    ...cookieOptions(publicUrl),
    maxAge: YEAR_MS,
  });
}

function sign(secret: string, device: string, emailKey: string): string {
  return createHmac('sha256', secret).update(`known-device/${device}/${emailKey}`).digest('base64url');
}
