import { Migration } from '@mikro-orm/migrations';

/** E-mails of before are taken to have said what they would say now. */
const CONTENT_AS_FAR_AS_IS_KNOWN = `
  update "invitation_emails" e set "content" = json_build_object(
    'kind', case when e."reminder" = 0 then 'invitation' else 'reminder' end,
    'language', case when coalesce(u."locale", p."default_locale") ~* '^de(-|$)' then 'de' else 'en' end,
    'portalName', p."name",
    'color', p."color",
    'logoUrl', null,
    'senderName', coalesce(p."sender_name", p."name"),
    'replyTo', p."reply_to",
    'name', c."name",
    'note', null,
    'validitySeconds', p."link_validity_seconds",
    'expiresAt', case when e."reminder" > 0
      then to_char(u."link_expires_at" at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') end
  )
  from "portal_users" u, "portals" p, "contacts" c
  where u."id" = e."portal_user_id" and p."id" = u."portal_id" and c."id" = u."contact_id"
`;

/** Operators and their sessions, bulk actions, a portal's looks, and who waits for changes is told. */
export class Console extends Migration {
  override up(): void {
    this.addSql(`
      create table "operators" (
        "id" uuid not null,
        "email" text not null,
        "email_key" text not null,
        "name" text not null,
        "password_hash" text not null,
        "created_at" timestamptz(3) not null,
        primary key ("id")
      )
    `);
    this.addSql('alter table "operators" add constraint "operators_email_key_unique" unique ("email_key")');
    this.addSql(`
      create table "portal_operators" (
        "operator_id" uuid not null,
        "portal_id" uuid not null,
        "role" text not null,
        "created_at" timestamptz(3) not null,
        primary key ("operator_id", "portal_id")
      )
    `);
    this.addSql('create index "portal_operators_portal_id_index" on "portal_operators" ("portal_id")');
    this.addSql(
      `alter table "portal_operators" add constraint "portal_operators_role_check" check ("role" in ('owner', 'staff'))`,
    );
    this.addSql(
      'alter table "portal_operators" add constraint "portal_operators_operator_id_foreign" foreign key ("operator_id") references "operators" ("id") on update cascade on delete cascade',
    );
    this.addSql(
      'alter table "portal_operators" add constraint "portal_operators_portal_id_foreign" foreign key ("portal_id") references "portals" ("id") on update cascade on delete cascade',
    );
    this.addSql(`
      create table "sessions" (
        "sid" text not null,
        "sess" json not null,
        "expire" timestamptz(3) not null,
        primary key ("sid")
      )
    `);
    this.addSql('create index "sessions_expire_index" on "sessions" ("expire")');
    this.addSql(`
      create table "rate_limits" (
        "key" varchar(255) not null,
        "points" int not null default 0,
        "expire" bigint null,
        primary key ("key")
      )
    `);
    this.addSql('create index "rate_limits_expire_index" on "rate_limits" ("expire")');

    this.addSql(`alter table "portals" add column "color" text not null default '#1f5eff'`);
    this.addSql('alter table "portals" add column "logo" bytea null');
    this.addSql('alter table "portals" add column "logo_type" text null');
    this.addSql('alter table "portals" add column "logo_version" text null');
    this.addSql(`alter table "portals" add column "languages" jsonb not null default '["en","de"]'`);
    this.addSql(`alter table "portals" add column "after_confirming_urls" jsonb not null default '[]'`);
    this.addSql('alter table "portal_users" add column "note" text null');
    this.addSql('alter table "portal_users" add column "after_confirming_url" text null');
    this.addSql(
      'create index "portal_users_counts_index" on "portal_users" ("portal_id", "confirmation_status", "delivery", "link_expires_at")',
    );
    this.addSql('create index "events_portal_index" on "events" ("portal_id", "type") where "portal_user_id" is null');
    this.addSql('alter table "invitation_emails" add column "content" json null');
    this.addSql(CONTENT_AS_FAR_AS_IS_KNOWN);
    this.addSql('alter table "invitation_emails" alter column "content" set not null');

    this.addSql('alter table "contacts" add column "is_portal_user" boolean not null default false');
    this.addSql(
      'update "contacts" set "is_portal_user" = true where "id" in (select "contact_id" from "portal_users")',
    );
    this.addSql(
      'create index "contacts_portal_user_index" on "contacts" ("portal_id", "is_portal_user", "name", "id")',
    );
    this.addSql(
      `create function "portal_users_portal_users_contact_fn"() returns trigger as $$ begin update "contacts" set "is_portal_user" = (tg_op = 'INSERT') where "id" = coalesce(new."contact_id", old."contact_id"); return null; end; $$ language plpgsql`,
    );
    this.addSql(
      'create trigger "portal_users_contact" after insert or delete on "portal_users" for each row execute function "portal_users_portal_users_contact_fn"()',
    );

    this.addSql(`
      create table "bulk_actions" (
        "id" uuid not null,
        "portal_id" uuid not null,
        "action" text not null,
        "actor" text not null,
        "filter" jsonb null,
        "total" int not null,
        "selection_cursor" text null,
        "is_selected" boolean not null,
        "created_at" timestamptz(3) not null,
        "finished_at" timestamptz(3) null,
        primary key ("id")
      )
    `);
    this.addSql('create index "bulk_actions_portal_id_index" on "bulk_actions" ("portal_id")');
    this.addSql(
      'create index "bulk_actions_unfinished_index" on "bulk_actions" ("created_at") where "finished_at" is null',
    );
    this.addSql(
      `alter table "bulk_actions" add constraint "bulk_actions_action_check" check ("action" in ('re_invite', 'deactivate', 'reactivate'))`,
    );
    this.addSql(
      'alter table "bulk_actions" add constraint "bulk_actions_portal_id_foreign" foreign key ("portal_id") references "portals" ("id")',
    );
    this.addSql(`
      create table "bulk_action_rows" (
        "bulk_action_id" uuid not null,
        "portal_user_id" uuid not null,
        "generation" int not null,
        "outcome" text null,
        primary key ("bulk_action_id", "portal_user_id")
      )
    `);
    this.addSql(
      'create index "bulk_action_rows_outcome_index" on "bulk_action_rows" ("bulk_action_id", "outcome", "portal_user_id")',
    );
    this.addSql(
      'alter table "bulk_action_rows" add constraint "bulk_action_rows_bulk_action_id_foreign" foreign key ("bulk_action_id") references "bulk_actions" ("id") on update cascade on delete cascade',
    );
    this.addSql(
      'alter table "bulk_action_rows" add constraint "bulk_action_rows_portal_user_id_foreign" foreign key ("portal_user_id") references "portal_users" ("id") on update cascade on delete cascade',
    );

    this.addSql(
      `create function "portal_users_portal_users_changed_fn"() returns trigger as $$ begin perform pg_notify('portal_user_changed', new."portal_id" || '/' || new."id"); return null; end; $$ language plpgsql`,
    );
    this.addSql(
      `create function "contacts_contacts_changed_fn"() returns trigger as $$ begin if new."name" is distinct from old."name" or new."email" is distinct from old."email" then perform pg_notify('portal_user_changed', "portal_id" || '/' || "id") from "portal_users" where "contact_id" = new."id"; end if; return null; end; $$ language plpgsql`,
    );
    this.addSql(
      'create trigger "contacts_changed" after update on "contacts" for each row execute function "contacts_contacts_changed_fn"()',
    );
    this.addSql(
      'create trigger "portal_users_changed" after insert or update on "portal_users" for each row execute function "portal_users_portal_users_changed_fn"()',
    );
  }
}
