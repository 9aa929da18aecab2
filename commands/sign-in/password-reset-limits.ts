import { RateLimiterRes } from 'rate-limiter-flexible';
import type { CommandServices } from '../services.ts';
import { hashed, networkOf, networksOf, type Rate, rateLimiter, type SignInArea } from './rate-limiter.ts';

const QUARTER_SECONDS = 900;
const DAY_SECONDS = 86_400;

/** E-mails to one address, whoever asks for them: enough for a person who does not find the first. */
const PER_ADDRESS = { points: 3, duration: QUARTER_SECONDS };
/** The same in a day: a mailbox is not to be flooded slowly either. */
const PER_ADDRESS_AND_DAY = { points: 20, duration: DAY_SECONDS };
/** Of these from one network: a stranger alone must not use up what the person may ask for from elsewhere. */
const PER_ADDRESS_NETWORK_AND_DAY = { points: 8, duration: DAY_SECONDS };
/** Requests from one network for one portal, whichever address they name. */
const PER_NETWORK = { points: 50, duration: QUARTER_SECONDS };
/** The same in a day. */
const PER_NETWORK_AND_DAY = { points: 300, duration: DAY_SECONDS };

/**
 * Counts a request for a new password and says whether it may be carried out: nobody's mailbox is to be flooded. A refused
 * request counts nowhere, so that it does not use up limits which others share.
 */
export async function mayAskForPassword(
  { database }: Pick<CommandServices, 'database'>,
  callerAddress: string | undefined,
  area: SignInArea,
  emailKey: string,
): Promise<boolean> {
  const address = `${area}/${emailKey}`;
  const counts = [
    { limiter: rateLimiter(database, 'password', PER_ADDRESS), key: hashed(address) },
    {
      limiter: rateLimiter(database, 'password-from', PER_ADDRESS_NETWORK_AND_DAY),
      key: hashed(`${address}/${networkOf(callerAddress)}`),
    },
    { limiter: rateLimiter(database, 'password-day', PER_ADDRESS_AND_DAY), key: hashed(address) },
    ...networksOf(callerAddress).flatMap(({ name, share }) => {
      const key = hashed(`${area}/${name}`);
      const times = (rate: Rate) => ({ ...rate, points: rate.points * share });
      return [
        { limiter: rateLimiter(database, 'password-network', times(PER_NETWORK)), key },
        { limiter: rateLimiter(database, 'password-network-day', times(PER_NETWORK_AND_DAY)), key },
      ];
    }),
  ];
  const counted: typeof counts = [];
  try {
    for (const count of counts) {
      await count.limiter.consume(count.key);
      counted.push(count);
    }
    return true;
  } catch (error) {
    if (!(error instanceof RateLimiterRes)) throw error;
    for (const { limiter, key } of counted) await limiter.reward(key);
    return false;
  }
}
