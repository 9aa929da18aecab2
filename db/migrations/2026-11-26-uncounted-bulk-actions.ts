import { Migration } from '@mikro-orm/migrations';

/** A bulk action may be about more portal users than are counted beforehand. */
export class UncountedBulkActions extends Migration {
  override up(): void {
    this.addSql('alter table "bulk_actions" alter column "total" drop not null');
  }
}
