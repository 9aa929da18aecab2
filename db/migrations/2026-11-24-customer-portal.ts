import { Migration } from '@mikro-orm/migrations';

/** Requests with their replies, attachments and e-mails, and forgotten passwords. */
export class CustomerPortal extends Migration {
  override up(): void {
    this.addSql('alter table "portals" add column "last_request_number" int not null default 0');
    this.addSql('alter table "portals" add column "has_own_site" boolean not null default false');
    this.addSql('alter table "portal_users" add column "deactivation_count" int not null default 0');
    this.addSql(`
      create table "requests" (
        "id" uuid not null,
        "portal_id" uuid not null,
        "portal_user_id" uuid not null,
        "number" int not null,
        "subject" text not null,
        "description" text not null,
        "status" text not null default 'open',
        "created_at" timestamptz(3) not null,
        "last_activity_at" timestamptz(3) not null,
        primary key ("id")
      )
    `);
    this.addSql('alter table "requests" add constraint "requests_number_unique" unique ("portal_id", "number")');
    this.addSql('create index "requests_portal_user_index" on "requests" ("portal_user_id", "last_activity_at", "id")');
    this.addSql('create index "requests_activity_index" on "requests" ("portal_id", "last_activity_at", "id")');
    this.addSql('create index "requests_status_index" on "requests" ("portal_id", "status", "last_activity_at", "id")');
    this.addSql(
      `alter table "requests" add constraint "requests_status_check" check ("status" in ('open', 'on_hold', 'closed'))`,
    );
    this.addSql(
      'alter table "requests" add constraint "requests_portal_id_foreign" foreign key ("portal_id") references "portals" ("id")',
    );
    this.addSql(
      'alter table "requests" add constraint "requests_portal_user_id_foreign" foreign key ("portal_user_id") references "portal_users" ("id") on delete cascade',
    );
    this.addSql(`
      create table "replies" (
        "id" uuid not null,
        "request_id" uuid not null,
        "author" text not null,
        "text" text not null,
        "created_at" timestamptz(3) not null,
        primary key ("id")
      )
    `);
    this.addSql('create index "replies_request_index" on "replies" ("request_id", "created_at", "id")');
    this.addSql(
      'alter table "replies" add constraint "replies_request_id_foreign" foreign key ("request_id") references "requests" ("id") on delete cascade',
    );
    this.addSql(`
      create table "attachments" (
        "id" uuid not null,
        "request_id" uuid not null,
        "reply_id" uuid null,
        "file_name" text not null,
        "media_type" text not null,
        "size" int not null,
        "created_at" timestamptz(3) not null,
        primary key ("id")
      )
    `);
    this.addSql('create index "attachments_request_id_index" on "attachments" ("request_id")');
    this.addSql(
      'alter table "attachments" add constraint "attachments_request_id_foreign" foreign key ("request_id") references "requests" ("id") on delete cascade',
    );
    this.addSql(
      'alter table "attachments" add constraint "attachments_reply_id_foreign" foreign key ("reply_id") references "replies" ("id") on delete cascade',
    );
    this.addSql(`
      create table "attachment_contents" (
        "attachment_id" uuid not null,
        "part" int not null,
        "content" bytea not null,
        primary key ("attachment_id", "part")
      )
    `);
    this.addSql(
      'alter table "attachment_contents" add constraint "attachment_contents_attachment_id_foreign" foreign key ("attachment_id") references "attachments" ("id") on delete cascade deferrable initially deferred',
    );
    this.addSql(`
      create table "request_emails" (
        "id" uuid not null,
        "request_id" uuid not null,
        "to_address" text not null,
        "content" json not null,
        "delivery" text not null default 'queued',
        "reply" text null,
        "queued_at" timestamptz(3) not null,
        "answered_at" timestamptz(3) null,
        primary key ("id")
      )
    `);
    this.addSql('create index "request_emails_request_index" on "request_emails" ("request_id", "queued_at", "id")');
    this.addSql(
      'create index "request_emails_unanswered_index" on "request_emails" ("queued_at") where "answered_at" is null',
    );
    this.addSql(
      `alter table "request_emails" add constraint "request_emails_delivery_check" check ("delivery" in ('queued', 'sent', 'deferred', 'bounced', 'suppressed'))`,
    );
    this.addSql(
      'alter table "request_emails" add constraint "request_emails_request_id_foreign" foreign key ("request_id") references "requests" ("id") on delete cascade',
    );
    this.addSql(`create index "sessions_portal_user_index" on "sessions" ((sess->>'portalUserId'))`);
    this.addSql(`
      create table "password_reset_requests" (
        "id" uuid not null,
        "portal_id" uuid not null,
        "email_key" text not null,
        "created_at" timestamptz(3) not null,
        primary key ("id")
      )
    `);
    this.addSql('create index "password_reset_requests_created_at_index" on "password_reset_requests" ("created_at")');
    this.addSql(
      'alter table "password_reset_requests" add constraint "password_reset_requests_portal_id_foreign" foreign key ("portal_id") references "portals" ("id") on delete cascade',
    );
  }
}
