import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql';

/** A counter of the rate-limiting library, which alone reads and writes it. Its key is a hash: no address stands here. */
export const RateLimit = defineEntity({
  name: 'RateLimit',
  tableName: 'rate_limits',
  indexes: [
    {
      name: 'rate_limits_key_prefix_index',
      // for the counts of one account, whose keys begin alike, whatever the database's collation
      expression: 'create index "rate_limits_key_prefix_index" on "rate_limits" ("key" varchar_pattern_ops)',
    },
  ],
  properties: {
    key: p.string().length(255).primary(),
    points: p.integer().default(0),
    /** Milliseconds since 1970. */
    expire: p.bigint('number').nullable().index(),
  },
});
export type RateLimit = InferEntity<typeof RateLimit>;
