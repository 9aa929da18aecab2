import { Migration } from '@mikro-orm/migrations';

/** Attachments may be kept outside of Postgres; what nobody owns there is erased. */
export class AttachmentsInS3 extends Migration {
  override up(): void {
    this.addSql(`alter table "attachments" add column "kept_in" text not null default 'postgres'`);
    this.addSql(
      `alter table "attachments" add constraint "attachments_kept_in_check" check ("kept_in" in ('postgres', 's3'))`,
    );
    this.addSql(`
      create table "unowned_objects" (
        "id" uuid not null,
        "since" timestamptz(3) not null,
        "is_being_erased" boolean not null default false,
        primary key ("id")
      )
    `);
    this.addSql('create index "unowned_objects_since_index" on "unowned_objects" ("is_being_erased", "since")');
    this.addSql(
      `create function "attachments_attachments_disowned_fn"() returns trigger as $$ begin if old."kept_in" = 's3' then insert into "unowned_objects" ("id", "since", "is_being_erased") values (old."id", now(), true) on conflict do nothing; end if; return null; end; $$ language plpgsql`,
    );
    this.addSql(
      'create trigger "attachments_disowned" after delete on "attachments" for each row execute function "attachments_attachments_disowned_fn"()',
    );
  }
}
