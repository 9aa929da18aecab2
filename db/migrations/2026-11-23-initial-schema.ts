import { Migration } from '@mikro-orm/migrations';

/** The schema an installation begins with. */
export class InitialSchema extends Migration {
  override up(): void {
    this.addSql('create extension if not exists pg_trgm');
    this.addSql(`
      create table "portals" (
        "id" uuid not null,
        "slug" text not null,
        "name" text not null,
        "enabled" boolean not null default false,
        "default_locale" text not null,
        "sender_name" text null,
        "reply_to" text null,
        "link_validity_seconds" int not null,
        "reminders_after_seconds" jsonb not null,
        "re_invite_cooldown_seconds" int not null,
        "re_invite_daily_cap" int not null,
        "created_at" timestamptz(3) not null,
        primary key ("id")
      )
    `);
    this.addSql('alter table "portals" add constraint "portals_slug_unique" unique ("slug")');
    this.addSql(`
      create table "contacts" (
        "id" uuid not null,
        "portal_id" uuid not null,
        "email" text not null,
        "email_key" text not null,
        "name" text collate "und-x-icu" not null,
        "account" text null,
        "search_text" text generated always as (lower(name || ' ' || email)) stored not null,
        "created_at" timestamptz(3) not null,
        primary key ("id")
      )
    `);
    this.addSql('create index "contacts_portal_name_index" on "contacts" ("portal_id", "name", "id")');
    this.addSql('create index "contacts_portal_created_index" on "contacts" ("portal_id", "created_at", "id")');
    this.addSql('create index "contacts_search_index" on "contacts" using gin ("search_text" gin_trgm_ops)');
    this.addSql(
      'alter table "contacts" add constraint "contacts_portal_email_unique" unique ("portal_id", "email_key")',
    );
    this.addSql(`
      create table "api_keys" (
        "id" uuid not null,
        "portal_id" uuid not null,
        "name" text not null,
        "key_hash" bytea not null,
        "created_at" timestamptz(3) not null,
        "revoked_at" timestamptz(3) null,
        primary key ("id")
      )
    `);
    this.addSql('create index "api_keys_portal_id_index" on "api_keys" ("portal_id")');
    this.addSql('alter table "api_keys" add constraint "api_keys_key_hash_unique" unique ("key_hash")');
    this.addSql(`
      create table "portal_users" (
        "id" uuid not null,
        "portal_id" uuid not null,
        "contact_id" uuid not null,
        "confirmation_status" text not null default 'not_confirmed',
        "locale" text null,
        "metadata" json not null default '{}',
        "generation" int not null default 1,
        "link_salt" bytea not null,
        "link_expires_at" timestamptz(3) null,
        "delivery" text not null default 'queued',
        "queued_at" timestamptz(3) not null,
        "emails_sent" int not null default 0,
        "last_sent_at" timestamptz(3) null,
        "next_reminder_at" timestamptz(3) null,
        "pending_password_hash" text null,
        "password_hash" text null,
        "confirmed_at" timestamptz(3) null,
        "deactivated_at" timestamptz(3) null,
        "created_at" timestamptz(3) not null,
        primary key ("id")
      )
    `);
    this.addSql('alter table "portal_users" add constraint "portal_users_contact_id_unique" unique ("contact_id")');
    this.addSql('create index "portal_users_created_index" on "portal_users" ("portal_id", "created_at", "id")');
    this.addSql(
      'create index "portal_users_status_index" on "portal_users" ("portal_id", "confirmation_status", "created_at", "id")',
    );
    this.addSql(
      'create index "portal_users_delivery_index" on "portal_users" ("portal_id", "delivery", "created_at", "id")',
    );
    this.addSql(
      `create index "portal_users_queued_index" on "portal_users" ("queued_at") where "confirmation_status" = 'not_confirmed' and "delivery" = 'queued'`,
    );
    this.addSql(
      `alter table "portal_users" add constraint "portal_users_confirmation_status_check" check ("confirmation_status" in ('not_confirmed', 'confirmed', 'deactivated'))`,
    );
    this.addSql(
      `alter table "portal_users" add constraint "portal_users_delivery_check" check ("delivery" in ('queued', 'sent', 'deferred', 'bounced', 'suppressed'))`,
    );
    this.addSql(`
      create table "invitation_emails" (
        "id" uuid not null,
        "portal_user_id" uuid not null,
        "generation" int not null,
        "reminder" int not null,
        "to_address" text not null,
        "delivery" text not null default 'queued',
        "reply" text null,
        "queued_at" timestamptz(3) not null,
        "answered_at" timestamptz(3) null,
        primary key ("id")
      )
    `);
    this.addSql(
      'alter table "invitation_emails" add constraint "invitation_emails_number_unique" unique ("portal_user_id", "generation", "reminder")',
    );
    this.addSql(
      `alter table "invitation_emails" add constraint "invitation_emails_delivery_check" check ("delivery" in ('queued', 'sent', 'deferred', 'bounced', 'suppressed'))`,
    );
    this.addSql(`
      create table "events" (
        "id" bigserial primary key,
        "portal_id" uuid not null,
        "portal_user_id" uuid null,
        "type" text not null,
        "actor" text not null,
        "data" jsonb not null default '{}',
        "once_key" text null,
        "occurred_at" timestamptz(3) not null
      )
    `);
    this.addSql('create index "events_portal_user_index" on "events" ("portal_user_id", "id")');
    this.addSql('alter table "events" add constraint "events_once_unique" unique ("portal_user_id", "once_key")');
    this.addSql(`
      create table "remembered_answers" (
        "scope" text not null,
        "key" text not null,
        "fingerprint" bytea not null,
        "status" int not null,
        "location" text null,
        "body" json not null,
        "created_at" timestamptz(3) not null,
        primary key ("scope", "key")
      )
    `);
    this.addSql('create index "remembered_answers_created_at_index" on "remembered_answers" ("created_at")');
    this.addSql(
      'alter table "contacts" add constraint "contacts_portal_id_foreign" foreign key ("portal_id") references "portals" ("id")',
    );
    this.addSql(
      'alter table "api_keys" add constraint "api_keys_portal_id_foreign" foreign key ("portal_id") references "portals" ("id")',
    );
    this.addSql(
      'alter table "portal_users" add constraint "portal_users_portal_id_foreign" foreign key ("portal_id") references "portals" ("id")',
    );
    this.addSql(
      'alter table "portal_users" add constraint "portal_users_contact_id_foreign" foreign key ("contact_id") references "contacts" ("id") on delete cascade',
    );
    this.addSql(
      'alter table "invitation_emails" add constraint "invitation_emails_portal_user_id_foreign" foreign key ("portal_user_id") references "portal_users" ("id") on delete cascade',
    );
    this.addSql(
      'alter table "events" add constraint "events_portal_id_foreign" foreign key ("portal_id") references "portals" ("id")',
    );
    this.addSql(
      'alter table "events" add constraint "events_portal_user_id_foreign" foreign key ("portal_user_id") references "portal_users" ("id") on delete cascade',
    );
  }
}
