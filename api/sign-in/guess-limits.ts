import { RateLimiterRes } from 'rate-limiter-flexible';
import type { Database } from '../../db/database.ts';
import { Problem } from '../problem.ts';
import { hashed, rateLimiter } from './rate-limiter.ts';

/** Wrong addresses typed to one link from one network, in a quarter of an hour. */
const PER_LINK_AND_NETWORK = { points: 10, duration: 900 };
/** Wrong addresses typed to one link from everywhere, in an hour: more than one network alone can use up. */
const PER_LINK = { points: 50, duration: 3_600 };
/** Wrong addresses typed in one network to whichever links of one portal, in a quarter of an hour. */
const PER_NETWORK = { points: 100, duration: 900 };

/**
 * Counts a guess at the address that a link was mailed to. A holder of the link who guesses from another network leaves the
 * invitee their own attempts, and every limit is over after an hour.
 *
 * @returns what takes the guess back once it was right
 * @throws Problem `too_many_attempts`
 */
export async function countGuess(
  database: Database,
  { portalId, portalUserId, generation }: { portalId: string; portalUserId: string; generation: number },
  network: string,
): Promise<() => Promise<void>> {
  const link = `${portalUserId}/${generation}`;
  const counts = [
    { limiter: rateLimiter(database, 'guess', PER_LINK_AND_NETWORK), key: hashed(`${link}/${network}`) },
    { limiter: rateLimiter(database, 'guess-network', PER_NETWORK), key: hashed(`${portalId}/${network}`) },
    { limiter: rateLimiter(database, 'guess-link', PER_LINK), key: hashed(link) },
  ];
  const counted: typeof counts = [];
  const takeBack = async () => {
    await Promise.all(counted.map(({ limiter, key }) => limiter.reward(key)));
  };
  for (const count of counts) {
    // A guess that one limit refuses must use up no other, which others share.
    await within(count.limiter.consume(count.key)).catch(async (error) => {
      await takeBack();
      throw error;
    });
    counted.push(count);
  }
  return takeBack;
}

async function within(consumed: Promise<RateLimiterRes>): Promise<void> {
  try {
    await consumed;
  } catch (error) {
    if (!(error instanceof RateLimiterRes)) throw error;
    const retryAfter = Math.max(1, Math.ceil(error.msBeforeNext / 1000));
    const minutes = Math.ceil(retryAfter / 60);
    const detail = `Too many wrong addresses were sent. Try again in ${minutes === 1 ? '1 minute' : `${minutes} minutes`}.`;
    throw new Problem('too_many_attempts', { detail, retryAfter });
  }
}
