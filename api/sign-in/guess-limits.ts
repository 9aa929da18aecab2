import type { Database } from '../../db/database.ts';
import { Problem } from '../problem.ts';
import { hashed, rateLimiter } from './rate-limiter.ts';

/** Wrong addresses typed to one link from one network, in a quarter of an hour. */
const PER_LINK_AND_NETWORK = { points: 10, duration: 900 };
/** Wrong addresses typed to one link from everywhere, in an hour: more than one network alone can use up. */
const PER_LINK = { points: 50, duration: 3_600 };
/** Wrong addresses typed in one network to whichever links of one portal, in a quarter of an hour. */
const PER_NETWORK = { points: 100, duration: 900 };

/** The guesses under way at each link, by process. */
const underWay = new Map<string, Promise<unknown>>();

/**
 * Compares one guess at the address that a link was mailed to. A holder of the link who guesses from another network leaves the
 * invitee their own attempts, and every limit is over after an hour. A right guess costs reads only: wrong ones are counted after the
 * comparison, which is safe since a process compares one guess at a link at a time. Of several API processes each may let one more
 * guess through than the limits say.
 *
 * @returns whether it was right
 * @throws Problem `too_many_attempts`
 */
export async function guessAddress(
  database: Database,
  { portalId, portalUserId, generation }: { portalId: string; portalUserId: string; generation: number },
  network: string,
  isRight: () => boolean,
): Promise<boolean> {
  const link = `${portalUserId}/${generation}`;
  const counts = [
    { limiter: rateLimiter(database, 'guess', PER_LINK_AND_NETWORK), key: hashed(`${link}/${network}`) },
    { limiter: rateLimiter(database, 'guess-network', PER_NETWORK), key: hashed(`${portalId}/${network}`) },
    { limiter: rateLimiter(database, 'guess-link', PER_LINK), key: hashed(link) },
  ];

  return oneAtATime(link, async () => {
    for (const { limiter, key } of counts) {
      const count = await limiter.get(key);
      if (count !== null && count.consumedPoints >= limiter.points) throw tooMany(count.msBeforeNext);
    }
    if (isRight()) return true;
    for (const { limiter, key } of counts) await limiter.penalty(key);
    return false;
  });
}

async function oneAtATime<T>(link: string, work: () => Promise<T>): Promise<T> {
  const before = underWay.get(link);
  const own = (async () => {
    await before?.catch(() => {});
    return work();
  })();
  underWay.set(link, own);
  try {
    return await own;
  } finally {
    if (underWay.get(link) === own) underWay.delete(link);
  }
}

function tooMany(msBeforeNext: number): Problem {
  const retryAfter = Math.max(1, Math.ceil(msBeforeNext / 1000));
  const minutes = Math.ceil(retryAfter / 60);
  const detail = `Too many wrong addresses were sent. Try again in ${minutes === 1 ? '1 minute' : `${minutes} minutes`}.`;
  return new Problem('too_many_attempts', { detail, retryAfter });
}
