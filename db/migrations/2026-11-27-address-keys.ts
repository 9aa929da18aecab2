import { Migration } from '@mikro-orm/migrations';

/** Invitation e-mails to different spellings of one address are counted together; those of before have no key. */
export class AddressKeys extends Migration {
  override up(): void {
    this.addSql('alter table "invitation_emails" add column "address_key" text null');
  }
}
