import { Migration } from '@mikro-orm/migrations';

/** A password that an operator changed themselves is their own; every other one was made, shown or set by somebody else. */
const PASSWORDS_BY_WHO_SET_THEM = `
  update "operators" o set "password_set_by" = case when exists (
    select from "events" e
    where e."type" = 'operator_changed' and e."portal_user_id" is null
      and e."actor" = 'operator/' || o."id"
      and e."data"->>'operatorId' = o."id"::text
      and e."data"->'changed' @> '["password"]'
  ) then 'self' else 'other' end
`;

const NAMES_OF_THE_REMOVED = `
  insert into "former_portal_operators" ("operator_id", "portal_id", "name")
  select distinct o."id", e."portal_id", o."name"
  from "events" e join "operators" o on o."id"::text = e."data"->>'operatorId'
  where e."type" = 'operator_removed' and e."portal_user_id" is null
    and not exists (
      select from "portal_operators" m where m."operator_id" = o."id" and m."portal_id" = e."portal_id"
    )
`;

/** Operators choose their passwords by mailed links, each portal has its own name for them, and changed passwords are told. */
export class OperatorsChooseTheirPasswords extends Migration {
  override up(): void {
    this.addSql('alter table "operators" alter column "password_hash" drop not null');
    this.addSql('alter table "operators" add column "password_set_by" text null');
    this.addSql('alter table "operators" add column "address_proved_at" timestamptz(3) null');
    this.addSql(PASSWORDS_BY_WHO_SET_THEM);
    this.addSql(
      `alter table "operators" add constraint "operators_password_set_by_check" check ("password_set_by" in ('self', 'environment', 'other'))`,
    );

    this.addSql('alter table "portal_operators" add column "id" uuid not null default gen_random_uuid()');
    this.addSql('alter table "portal_operators" alter column "id" drop default');
    this.addSql('alter table "portal_operators" add column "name" text null');
    this.addSql('alter table "portal_operators" add column "email" text null');
    this.addSql('alter table "portal_operators" add column "generation" int not null default 1');
    this.addSql(
      'alter table "portal_operators" add column "link_salt" bytea not null default uuid_send(gen_random_uuid())',
    );
    this.addSql('alter table "portal_operators" alter column "link_salt" drop default');
    this.addSql('alter table "portal_operators" add column "link_expires_at" timestamptz(3) null');
    this.addSql('alter table "portal_operators" add column "accepted_at" timestamptz(3) null');
    this.addSql(
      'update "portal_operators" m set "name" = o."name", "email" = o."email", "accepted_at" = m."created_at" from "operators" o where o."id" = m."operator_id"',
    );
    this.addSql('alter table "portal_operators" alter column "name" set not null');
    this.addSql('alter table "portal_operators" alter column "email" set not null');
    this.addSql('alter table "portal_operators" drop constraint "portal_operators_pkey"');
    this.addSql('alter table "portal_operators" add primary key ("id")');
    this.addSql(
      'alter table "portal_operators" add constraint "portal_operators_unique" unique ("operator_id", "portal_id")',
    );
    for (const table of ['operator', 'portal']) {
      const constraint = `"portal_operators_${table}_id_foreign"`;
      this.addSql(`alter table "portal_operators" drop constraint ${constraint}`);
      this.addSql(
        `alter table "portal_operators" add constraint ${constraint} foreign key ("${table}_id") references "${table}s" ("id") on delete cascade`,
      );
    }

    this.addSql(`
      create table "former_portal_operators" (
        "operator_id" uuid not null,
        "portal_id" uuid not null,
        "name" text not null,
        primary key ("operator_id", "portal_id")
      )
    `);
    this.addSql(
      'alter table "former_portal_operators" add constraint "former_portal_operators_operator_id_foreign" foreign key ("operator_id") references "operators" ("id") on update cascade on delete cascade',
    );
    this.addSql(
      'alter table "former_portal_operators" add constraint "former_portal_operators_portal_id_foreign" foreign key ("portal_id") references "portals" ("id") on update cascade on delete cascade',
    );
    this.addSql(NAMES_OF_THE_REMOVED);
    this.addSql('alter table "replies" add column "author_name" text null');
    this.addSql(
      `update "replies" r set "author_name" = o."name" from "operators" o where r."author" = 'operator/' || o."id"`,
    );
    this.addSql('alter table "operators" drop column "name"');

    this.addSql('alter table "password_reset_requests" alter column "portal_id" drop not null');
    this.addSql(`
      create table "account_emails" (
        "id" uuid not null,
        "kind" text not null,
        "membership_id" uuid null,
        "generation" int null,
        "operator_id" uuid null,
        "portal_user_id" uuid null,
        "to_address" text not null,
        "content" json not null,
        "delivery" text not null default 'queued',
        "reply" text null,
        "queued_at" timestamptz(3) not null,
        "answered_at" timestamptz(3) null,
        primary key ("id")
      )
    `);
    for (const column of ['membership', 'operator', 'portal_user']) {
      this.addSql(`create index "account_emails_${column}_id_index" on "account_emails" ("${column}_id")`);
    }
    this.addSql(
      'create index "account_emails_unanswered_index" on "account_emails" ("queued_at") where "answered_at" is null',
    );
    this.addSql('create index "account_emails_answered_index" on "account_emails" ("answered_at")');
    this.addSql(
      `alter table "account_emails" add constraint "account_emails_kind_check" check ("kind" in ('operator_invitation', 'password_changed'))`,
    );
    this.addSql(
      `alter table "account_emails" add constraint "account_emails_delivery_check" check ("delivery" in ('queued', 'sent', 'deferred', 'bounced', 'suppressed'))`,
    );
    const owners = { membership: 'portal_operators', operator: 'operators', portal_user: 'portal_users' };
    for (const [column, table] of Object.entries(owners)) {
      this.addSql(
        `alter table "account_emails" add constraint "account_emails_${column}_id_foreign" foreign key ("${column}_id") references "${table}" ("id") on delete cascade`,
      );
    }
  }
}
