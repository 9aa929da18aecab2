import { Migration } from '@mikro-orm/migrations';

/** Pages that list a portal user are told when the row is deleted, too. */
export class ErasedPortalUsers extends Migration {
  override up(): void {
    this.addSql(
      `create or replace function "portal_users_portal_users_changed_fn"() returns trigger as $$ begin perform pg_notify('portal_user_changed', coalesce(new."portal_id", old."portal_id") || '/' || coalesce(new."id", old."id")); return null; end; $$ language plpgsql`,
    );
    this.addSql('drop trigger "portal_users_changed" on "portal_users"');
    this.addSql(
      'create trigger "portal_users_changed" after insert or update or delete on "portal_users" for each row execute function "portal_users_portal_users_changed_fn"()',
    );
  }
}
