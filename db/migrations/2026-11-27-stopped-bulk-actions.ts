import { Migration } from '@mikro-orm/migrations';

/** A bulk action that is stopped is finished when the rows under way are recorded, and says who stopped it. */
export class StoppedBulkActions extends Migration {
  override up(): void {
    this.addSql(
      'alter table "bulk_actions" add column "stopped_at" timestamptz(3) null, add column "stopped_by" text null',
    );
    this.addSql(
      `update "bulk_actions" a set "stopped_at" = "finished_at"
        where "finished_at" is not null and (not "is_selected" or exists (
          select from "bulk_action_rows" r where r."bulk_action_id" = a."id" and r."outcome" is null))`,
    );
  }
}
