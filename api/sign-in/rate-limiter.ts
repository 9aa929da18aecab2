import { createHash } from 'node:crypto';
import { RateLimiterPostgres } from 'rate-limiter-flexible';
import type { Database } from '../../db/database.ts';
import { queryable } from '../../db/queryable.ts';

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
