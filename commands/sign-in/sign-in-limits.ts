/**
 * Slows down guessing at passwords. Attempts are counted before the password is checked, so that many at once are counted, too;
 * a right password takes the count back. Known and unknown e-mail addresses are counted alike: no answer tells them apart.
 */
import { RateLimiterRes } from 'rate-limiter-flexible';
import type { EntityManager } from '../../db/database.ts';
import { RateLimit } from '../../db/entities/index.ts';
import { Refusal } from '../../vocabulary/refusal.ts';
import type { CommandServices } from '../services.ts';
import { countByNetwork, hashed, networkOf, rateLimiter, type SignInArea, uncountByNetwork } from './rate-limiter.ts';

/** Failed sign-ins of one account from one network, or from one known browser, in a quarter of an hour. */
const PER_PLACE = { points: 10, duration: 900 };
/**
 * Failed sign-ins of one account in a row, from all networks: NIST SP 800-63B-4, section 3.2.2. The days are counted from the
 * first failure; they only keep addresses that nobody has from filling the table.
 */
const IN_A_ROW = { points: 100, duration: 90 * 86_400 };
/** Failed sign-ins from one network, whichever accounts they were for. Beyond it only accounts without failures get in. */
const PER_NETWORK = { points: 100, duration: 900 };
/** Beyond this no password is checked: otherwise one network could try one leaked password at any number of accounts. */
const AT_MOST_PER_NETWORK = 10 * PER_NETWORK.points;

const PLACE = 'sign-in';
const ROW = 'sign-in-row';

/** Where a sign-in is attempted from. */
export interface SignInOrigin {
  /** IP address of the caller; undefined where it is unknown. */
  address: string | undefined;
  /** Id of a browser in which this person has signed in before; undefined for any other. */
  device: string | undefined;
}

export interface SignInLimits {
  /**
   * Runs a check of a password as one attempt on the account with this e-mail address, whether or not there is one. A result
   * other than null is a success, which resets the account's failures. A check that throws does not count.
   *
   * @throws Refusal `too_many_attempts`, with reason `too_many_in_a_row` where waiting does not help
   */
  attempt<Result>(origin: SignInOrigin, emailKey: string, check: () => Promise<Result | null>): Promise<Result | null>;
}

/**
 * The limits of one portal, or of the console. Failures are counted per account and network, so guesses from elsewhere do not
 * lock an account's owner out; a browser in which they have signed in before is counted by itself.
 */
export function signInLimits({ database }: Pick<CommandServices, 'database'>, area: SignInArea): SignInLimits {
  const perPlace = rateLimiter(database, PLACE, PER_PLACE);
  const inARow = rateLimiter(database, ROW, IN_A_ROW);
  const perNetwork = rateLimiter(database, 'sign-in-network', PER_NETWORK);

  return {
    async attempt({ address, device }, emailKey, check) {
      const account = accountKey(area, emailKey);
      const place = `${account}/${hashed(device ?? networkOf(address))}`;
      // A known browser has a row of failures of its own, so it gets in when the account's row is full.
      const row = device === undefined ? account : place;

      await consume(perPlace.consume(place), (msBeforeNext) => tooMany(msBeforeNext));
      const network = device === undefined ? await countByNetwork(perNetwork, area, address) : NO_NETWORK;
      const isOverLimit = network.consumed > PER_NETWORK.points;
      if (network.consumed > AT_MOST_PER_NETWORK) throw tooMany(network.msBeforeNext);
      const { consumedPoints } = await consume(inARow.consume(row), tooManyInARow);
      const takeBack = async () => {
        await Promise.all([perPlace.reward(place), inARow.reward(row)]);
        if (device === undefined) await uncountByNetwork(perNetwork, area, address);
      };
      if (isOverLimit && consumedPoints > 1) {
        await inARow.reward(row); // no password was checked
        throw tooMany(network.msBeforeNext);
      }

      const result = await check().catch(async (error) => {
        await takeBack(); // no password was checked
        throw error;
      });
      if (result !== null) {
        await Promise.all([perPlace.delete(place), inARow.delete(row), inARow.delete(account)]);
        if (device === undefined) await uncountByNetwork(perNetwork, area, address);
      } else if (isOverLimit) throw tooMany(network.msBeforeNext);
      return result;
    },
  };
}

const NO_NETWORK = { consumed: 0, msBeforeNext: 0 };

/**
 * Resets all failures of an account, from every network and browser, for a person who has proved that the mailbox is theirs:
 * they have chosen a new password and are to sign in with it. Safe to repeat.
 */
export async function resetFailedSignIns(em: EntityManager, area: SignInArea, emailKey: string): Promise<void> {
  const account = accountKey(area, emailKey).replaceAll('_', '\\_'); // a wildcard of LIKE
  await em.nativeDelete(RateLimit, {
    $or: [PLACE, ROW].map((prefix) => ({ key: { $like: `${prefix}:${account}%` } })),
  });
}

function accountKey(area: SignInArea, emailKey: string): string {
  return hashed(`${area}/${emailKey}`);
}

/** @param refusal of the milliseconds until the count ends */
async function consume(
  consumed: Promise<RateLimiterRes>,
  refusal: (msBeforeNext: number) => Refusal,
): Promise<RateLimiterRes> {
  try {
    return await consumed;
  } catch (error) {
    if (!(error instanceof RateLimiterRes)) throw error;
    throw refusal(error.msBeforeNext);
  }
}

function tooMany(msBeforeNext: number): Refusal {
  const retryAfter = Math.ceil(msBeforeNext / 1000);
  const minutes = Math.ceil(retryAfter / 60);
  const detail = `Too many sign-ins failed. Try again in ${minutes === 1 ? '1 minute' : `${minutes} minutes`}.`;
  return new Refusal('too_many_attempts', { detail, retryAfter });
}

/** The same for an address that nobody has. Without a time: waiting does not help. */
function tooManyInARow(): Refusal {
  const detail =
    'Too many sign-ins failed in a row. Sign in with a browser that you have used before, or choose a new password by e-mail.';
  return new Refusal('too_many_attempts', { detail, reason: 'too_many_in_a_row' });
}
