import type { RateLimiterPostgres } from 'rate-limiter-flexible';
import { networksOf } from '../network-of.ts';
import type { SignInArea } from '../sessions.ts';
import { hashed } from './rate-limiter.ts';

/**
 * Counts one attempt for every network that an address belongs to. Each portal and the console are counted apart, so that
 * somebody who attacks one of them locks their network out of no other.
 *
 * @returns the count of the fullest network, in proportion to its share of a limit, and when it ends
 */
export async function countByNetwork(
  limiter: RateLimiterPostgres,
  area: SignInArea,
  address: string | undefined,
): Promise<{ consumed: number; msBeforeNext: number }> {
  const counts = await Promise.all(
    networksOf(address).map(async ({ name, share }) => {
      const { consumedPoints, msBeforeNext } = await limiter.penalty(hashed(`${area}/${name}`));
      return { consumed: consumedPoints / share, msBeforeNext };
    }),
  );
  return counts.toSorted((a, b) => b.consumed - a.consumed)[0]!;
}

/** Takes back what {@link countByNetwork} counted for one attempt. */
export async function uncountByNetwork(
  limiter: RateLimiterPostgres,
  area: SignInArea,
  address: string | undefined,
): Promise<void> {
  await Promise.all(networksOf(address).map(({ name }) => limiter.reward(hashed(`${area}/${name}`))));
}
