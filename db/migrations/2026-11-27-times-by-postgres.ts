import { Migration } from '@mikro-orm/migrations';

const COLUMNS = [
  ['account_emails', 'queued_at'],
  ['api_keys', 'created_at'],
  ['attachments', 'created_at'],
  ['bulk_actions', 'created_at'],
  ['contacts', 'created_at'],
  ['events', 'occurred_at'],
  ['invitation_emails', 'queued_at'],
  ['operators', 'created_at'],
  ['password_reset_requests', 'created_at'],
  ['portal_operators', 'created_at'],
  ['portal_users', 'queued_at'],
  ['portal_users', 'created_at'],
  ['portals', 'created_at'],
  ['remembered_answers', 'created_at'],
  ['replies', 'created_at'],
  ['request_emails', 'queued_at'],
  ['requests', 'created_at'],
  ['requests', 'last_activity_at'],
] as const;

/** The time of a new row comes from Postgres's clock; an earlier release sent that of its own process. */
export class TimesByPostgres extends Migration {
  override up(): void {
    for (const [table, column] of COLUMNS)
      this.addSql(`alter table "${table}" alter column "${column}" set default now()`);
  }
}
