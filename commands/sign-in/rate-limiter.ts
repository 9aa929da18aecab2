import { createHash } from 'node:crypto';
import ipaddr from 'ipaddr.js';
import { RateLimiterPostgres } from 'rate-limiter-flexible';
import type { Database } from '../../db/database.ts';
import { queryable } from '../../db/database.ts';

/** What a person signs in to. Each area has its own cookies and its own counts. */
export type SignInArea = 'console' | `portal_${string}`;

/** So many within `duration` seconds. */
export interface Rate {
  points: number;
  duration: number;
}

/** Counts in Postgres, for all API processes together. @param keyPrefix tells one kind of count from another */
export function rateLimiter(database: Database, keyPrefix: string, rate: Rate): RateLimiterPostgres {
  return new RateLimiterPostgres({
    ...rate,
    keyPrefix,
    storeClient: queryable(database),
    storeType: 'pool',
    tableName: 'rate_limits',
    tableCreated: true,
    clearExpiredByTimeout: false, // the housekeeping does
  });
}

/** A key of a count: nobody's address stands in it. */
export function hashed(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

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

/**
 * The blocks that IPv6 addresses are handed out in: a /64 to a household or a server at least, a /56 to a home line, a /48 to
 * a site (RFC 6177). Who has a larger block has more addresses to try from, so each is counted, with a greater share of a limit.
 */
const IPV6_BLOCKS = [
  { bits: 64, share: 1 },
  { bits: 56, share: 2 },
  { bits: 48, share: 4 },
];

/** A network that an address belongs to. */
export interface Network {
  /** `192.0.2.1`, `2001:db8::/56` */
  name: string;
  /** How many times a limit for one network it may use. */
  share: number;
}

/** Every network that an address is counted by: the IPv4 address itself, or the IPv6 /64, /56 and /48, the smallest first. */
export function networksOf(address: string | undefined): Network[] {
  if (address === undefined || !ipaddr.isValid(address)) return [{ name: 'unknown', share: 1 }];
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return [{ name: parsed.toString(), share: 1 }];
  return IPV6_BLOCKS.map(({ bits, share }) => ({
    name: `${ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toString()}/${bits}`).toString()}/${bits}`,
    share,
  }));
}

/** The smallest network that an address belongs to: the IPv4 address itself, or the IPv6 /64. */
export function networkOf(address: string | undefined): string {
  return networksOf(address)[0]!.name;
}
