import { createHash } from 'node:crypto';
import type { Request } from 'express';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import { queryable } from '../../../db/queryable.ts';
import { networkOf } from '../../network-of.ts';
import { Problem } from '../../problem.ts';
import type { Services } from '../../services.ts';
import { duration } from '../moment.ts';
import { knownDevice } from './known-device.ts';

/** Failed sign-ins of one operator from one network, or from one known browser, in a quarter of an hour. */
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
 * Slows guessing down without locking anybody out: failures are counted per operator and network, so somebody who guesses
 * elsewhere is no hindrance to the operator, and a browser the operator has used before counts by itself.
 */
export function signInLimits(services: Services): SignInLimits {
  const common = {
    storeClient: queryable(services.database),
    storeType: 'pool',
    tableName: 'rate_limits',
    tableCreated: true,
    clearExpiredByTimeout: false, // the housekeeping does
  };
  const perAddress = new RateLimiterPostgres({ ...common, ...PER_ADDRESS, keyPrefix: 'sign-in' });
  const perNetwork = new RateLimiterPostgres({ ...common, ...PER_NETWORK, keyPrefix: 'sign-in-network' });

  return {
    async count(request, emailKey) {
      const network = networkOf(request.ip);
      const device = knownDevice(request, services, emailKey);
      const addressKey = hashed(`${emailKey}/${device ?? network}`);
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
    const detail = `Too many sign-ins failed. Try again in ${duration(Math.ceil(retryAfter / 60) * 60)}.`;
    throw new Problem('too_many_attempts', { detail, retryAfter });
  }
}

function hashed(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
