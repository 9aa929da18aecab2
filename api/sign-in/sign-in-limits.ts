import type { Request } from 'express';
import { RateLimiterRes } from 'rate-limiter-flexible';
import { networkOf } from '../network-of.ts';
import { Problem } from '../problem.ts';
import type { Services } from '../services.ts';
import type { SignInArea } from '../sessions.ts';
import { knownDevice } from './known-device.ts';
import { hashed, rateLimiter } from './rate-limiter.ts';

/** Failed sign-ins of one person from one network, or from one known browser, in a quarter of an hour. */
const PER_ADDRESS = { points: 10, duration: 900 };
/** Failed sign-ins from one network, whoever they were for. */
const PER_NETWORK = { points: 100, duration: 900 };

export interface SignInLimits {
  /**
   * Counts an attempt before it is made, so that many at once are counted too.
   *
   * @returns what takes it back once it has succeeded
   * @throws Problem `too_many_attempts`
   */
  count(request: Request, emailKey: string): Promise<() => Promise<void>>;
}

/**
 * Slows guessing down without locking anybody out: failures are counted per address and network, so somebody who guesses
 * elsewhere is no hindrance to the rightful one, and a browser they have used before counts by itself.
 */
export function signInLimits(services: Services, area: SignInArea): SignInLimits {
  const perAddress = rateLimiter(services.database, 'sign-in', PER_ADDRESS);
  const perNetwork = rateLimiter(services.database, 'sign-in-network', PER_NETWORK);

  return {
    async count(request, emailKey) {
      const network = networkOf(request.ip);
      const device = knownDevice(request, services, area, emailKey);
      const addressKey = hashed(`${area}/${emailKey}/${device ?? network}`);
      await within(perAddress.consume(addressKey));
      if (device === undefined) await within(perNetwork.consume(hashed(network)));
      return async () => {
        await perAddress.delete(addressKey);
        if (device === undefined) await perNetwork.reward(hashed(network));
      };
    },
  };
}

async function within(consumed: Promise<RateLimiterRes>): Promise<void> {
  try {
    await consumed;
  } catch (error) {
    if (!(error instanceof RateLimiterRes)) throw error;
    const retryAfter = Math.ceil(error.msBeforeNext / 1000);
    const minutes = Math.ceil(retryAfter / 60);
    const detail = `Too many sign-ins failed. Try again in ${minutes === 1 ? '1 minute' : `${minutes} minutes`}.`;
    throw new Problem('too_many_attempts', { detail, retryAfter });
  }
}
