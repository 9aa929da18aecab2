import { Migration } from '@mikro-orm/migrations';

const TABLES = ['invitation_emails', 'request_emails', 'account_emails'];

/** The words of each e-mail, rendered when it is queued. Rows of earlier releases have none and are rendered from `content`. */
export class RenderedEmails extends Migration {
  override up(): void {
    for (const table of TABLES) this.addSql(`alter table "${table}" add column "rendered" json null`);
  }
}
