import { Migration } from '@mikro-orm/migrations';

/**
 * Remembered answers are encrypted, and found by a hash of their Idempotency-Key. SQL has no server key, so the answers of
 * the last day are erased and their keys kept: a call that is repeated over the upgrade is refused, not carried out twice.
 */
export class SealedAnswers extends Migration {
  override up(): void {
    this.addSql(
      'alter table "remembered_answers" add column "key_hash" text, add column "key_id" int, add column "sealed" bytea',
    );
    this.addSql(
      `update "remembered_answers" set "key_hash" = encode(sha256(convert_to("key", 'UTF8')), 'hex'), "key_id" = -1, "sealed" = ''`,
    );
    this.addSql(`
      alter table "remembered_answers"
        drop constraint "remembered_answers_pkey",
        drop column "key", drop column "fingerprint", drop column "status", drop column "location", drop column "body",
        alter column "key_hash" set not null,
        alter column "key_id" set not null,
        add primary key ("scope", "key_hash")
    `);
  }
}
