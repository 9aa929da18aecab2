import type { AttachmentStore } from '../db/attachments/attachment-store.ts';
import type { Database } from '../db/database.ts';
import type { LinkKeys } from '../db/link-keys.ts';
import type { InvitationSignals } from './bulk-action/act-on-portal-users.ts';
import type { Mailer } from './email/mailer.ts';
import type { AccountEmailStarter } from './start-missing-account-emails.ts';
import type { BulkActionStarter } from './start-missing-bulk-actions.ts';
import type { InvitationStarter } from './start-missing-invitations.ts';
import type { PasswordResetStarter } from './start-missing-password-resets.ts';
import type { RequestEmailStarter } from './start-missing-request-emails.ts';

/** What activities act upon, handed in by the worker. */
export interface Dependencies {
  database: Database;
  mailer: Mailer;
  attachments: Pick<AttachmentStore, 'erase'>;
  linkKeys: LinkKeys;
  /** Origin in mailed links, without a slash at its end. */
  publicUrl: string;
  /** The address every e-mail comes from; its sender name is the portal's. */
  mailFrom: string;
  startInvitation: InvitationStarter;
  invitationSignals: InvitationSignals;
  startBulkAction: BulkActionStarter;
  startRequestEmail: RequestEmailStarter;
  startPasswordReset: PasswordResetStarter;
  startAccountEmail: AccountEmailStarter;
}
