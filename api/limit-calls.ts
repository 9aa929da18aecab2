import type { Request, RequestHandler, Response } from 'express';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { hashApiKey } from '../commands/portals/api-keys.ts';
import { networksOf } from '../commands/sign-in/rate-limiter.ts';
import { Refusal } from '../vocabulary/refusal.ts';
import { apiKeyOf, authenticate } from '../web/authentication.ts';
import type { Services } from '../web/services.ts';

const WINDOW_SECONDS = 60;

/**
 * Limits the calls of each API key, and of each network the calls without a valid key. Tells callers by the headers RateLimit
 * and RateLimit-Policy (draft-ietf-httpapi-ratelimit-headers-11). Counts in the memory of this process, since a count in
 * Postgres would cost each call a round trip: several API processes allow as many times the limit.
 *
 * @throws Refusal `rate_limited`
 */
export function limitCalls(services: Services): RequestHandler {
  const { apiRateLimit } = services;
  const limiter = new RateLimiterMemory({ points: apiRateLimit, duration: WINDOW_SECONDS });

  return async (request, response, next) => {
    const results = await Promise.all(
      (await countsOf(request, response)).map(async ({ name, share }) => {
        const { consumedPoints, msBeforeNext } = await limiter.penalty(name);
        return { left: Math.floor(apiRateLimit - consumedPoints / share), seconds: Math.ceil(msBeforeNext / 1000) };
      }),
    );
    const { left, seconds } = results.toSorted((a, b) => a.left - b.left)[0]!;
    response.set({
      'RateLimit-Policy': `"default";q=${apiRateLimit};w=${WINDOW_SECONDS}`,
      RateLimit: `"default";r=${Math.max(left, 0)};t=${seconds}`,
    });
    if (left < 0) {
      const detail = `At most ${apiRateLimit} calls a minute are answered. Try again in ${seconds} s.`;
      throw new Refusal('rate_limited', { detail, retryAfter: seconds });
    }
    next();
  };

  /** A valid key has a count of its own, so calls without one from the same network do not use it up. */
  async function countsOf(request: Request, response: Response): Promise<{ name: string; share: number }[]> {
    const key = apiKeyOf(request);
    const name = `key/${hashApiKey(key ?? '').toString('base64url')}`;
    // Only valid keys have a count. Beyond its limit a key costs no look-up in the database.
    const isValid = (await isSpent(name)) || (await isAuthenticated(request, services));
    response.locals.hasValidKey = isValid;
    return isValid ? [{ name, share: 1 }] : networksOf(request.ip);
  }

  async function isSpent(name: string): Promise<boolean> {
    const count = await limiter.get(name);
    return count !== null && count.consumedPoints >= apiRateLimit && count.msBeforeNext > 0;
  }
}

async function isAuthenticated(request: Request, services: Services): Promise<boolean> {
  try {
    await authenticate(request, services);
    return true;
  } catch (error) {
    if (error instanceof Refusal && error.code === 'unauthorized') return false;
    throw error;
  }
}
