import { Migration } from '@mikro-orm/migrations';

/** E-mails that are not sent any more, and answers that came after the end of an invitation, were left as `queued` or `deferred`. */
export class UnsentEmails extends Migration {
  override up(): void {
    this.addSql(
      `update "invitation_emails" e set "delivery" = 'suppressed'
         from "portal_users" u
        where u."id" = e."portal_user_id" and e."answered_at" is null and e."delivery" in ('queued', 'deferred')
          and (u."confirmation_status" <> 'not_confirmed' or e."generation" < u."generation")`,
    );
    this.addSql(
      `update "portal_users" u set "delivery" = coalesce(
           (select e."delivery" from "invitation_emails" e
             where e."portal_user_id" = u."id" and e."generation" = u."generation"
             order by e."reminder" desc limit 1), 'suppressed')
        where u."confirmation_status" <> 'not_confirmed' and u."delivery" in ('queued', 'deferred')`,
    );
  }
}
