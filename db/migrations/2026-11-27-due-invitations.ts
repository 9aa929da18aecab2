import { Migration } from '@mikro-orm/migrations';

/**
 * Records when each invitation is due next, so that one whose workflow was lost is found, and how long a portal's e-mails are
 * retried.
 */
export class DueInvitations extends Migration {
  override up(): void {
    this.addSql('alter table "portal_users" add column "due_at" timestamptz(3) null default now()');
    this.addSql(`
      update "portal_users" u
         set "due_at" = case
               when exists (select from "events" e
                             where e."portal_user_id" = u."id" and e."once_key" = 'link_expired/' || u."generation") then null
               else coalesce(u."next_reminder_at", u."link_expires_at", u."queued_at")
             end
       where u."confirmation_status" = 'not_confirmed'
    `);
    this.addSql(
      `create index "portal_users_due_index" on "portal_users" ("due_at") where "confirmation_status" = 'not_confirmed' and "due_at" is not null`,
    );
    this.addSql('alter table "portals" add column "give_up_after_seconds" int not null default 259200');
  }
}
