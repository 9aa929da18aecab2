import { Migration } from '@mikro-orm/migrations';

/** Reads what happened to a portal by time, page by page, however many events it has. */
export class PortalActivity extends Migration {
  override up(): void {
    this.addSql(
      'create index "events_portal_activity_index" on "events" ("portal_id", "id") where "portal_user_id" is null',
    );
  }
}
