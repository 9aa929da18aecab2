import { Migration } from '@mikro-orm/migrations';

/** Lets all counts of one account be deleted by the beginning of their keys. */
export class CountsOfAnAccount extends Migration {
  override up(): void {
    this.addSql('create index "rate_limits_key_prefix_index" on "rate_limits" ("key" varchar_pattern_ops)');
  }
}
