import { Migration } from '@mikro-orm/migrations';

/**
 * Sessions as columns instead of a library's JSON, under a hash of the id in the cookie. Signed-in browsers stay signed in; a
 * session counts as used at the moment of the migration.
 */
export class Sessions extends Migration {
  override up(): void {
    this.addSql(`
      alter table "sessions"
        add column "id" uuid null,
        add column "secret_hash" bytea null,
        add column "operator_id" uuid null,
        add column "portal_user_id" uuid null,
        add column "notes" json not null default '{}',
        add column "user_agent" text null,
        add column "created_at" timestamptz(3) null,
        add column "last_used_at" timestamptz(3) null
    `);
    this.addSql(`
      update "sessions" set
        "id" = gen_random_uuid(),
        "secret_hash" = sha256(convert_to("sid", 'UTF8')),
        "operator_id" = (select o."id" from "operators" o where o."id"::text = "sess"->>'operatorId'),
        "portal_user_id" = (select u."id" from "portal_users" u where u."id"::text = "sess"->>'portalUserId'),
        "notes" = json_strip_nulls(json_build_object('draft', "sess"->'draft', 'flash', "sess"->'flash')),
        "created_at" = "expire" - interval '12 hours',
        "last_used_at" = now()
    `);
    this.addSql('delete from "sessions" where num_nonnulls("operator_id", "portal_user_id") <> 1 or "expire" < now()');
    this.addSql('drop index "sessions_portal_user_index"');
    this.addSql(`
      alter table "sessions"
        drop column "sid",
        drop column "sess",
        drop column "expire",
        alter column "id" set not null,
        alter column "secret_hash" set not null,
        alter column "created_at" set not null,
        alter column "last_used_at" set not null,
        add primary key ("id"),
        add constraint "sessions_one_person_check" check (num_nonnulls(operator_id, portal_user_id) = 1),
        add constraint "sessions_operator_id_foreign" foreign key ("operator_id") references "operators" ("id") on delete cascade,
        add constraint "sessions_portal_user_id_foreign" foreign key ("portal_user_id") references "portal_users" ("id") on delete cascade,
        add constraint "sessions_secret_hash_unique" unique ("secret_hash")
    `);
    this.addSql('create index "sessions_operator_id_index" on "sessions" ("operator_id")');
    this.addSql('create index "sessions_portal_user_id_index" on "sessions" ("portal_user_id")');
  }
}
