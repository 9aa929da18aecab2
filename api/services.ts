import type { Logger } from 'pino';
import type { AttachmentStore } from '../db/attachments/attachment-store.ts';
import type { Database } from '../db/database.ts';
import type { LinkKeys } from '../db/link-keys.ts';
import type { AccountEmails } from './account-emails.ts';
import type { Bodies } from './bodies.ts';
import type { BulkActions } from './bulk-actions.ts';
import type { UploadQuota } from './commands/upload-quota.ts';
import type { Invitations } from './invitations.ts';
import type { PasswordResets } from './password-resets.ts';
import type { PortalUserChanges } from './portal-user-changes.ts';
import type { RequestEmails } from './request-emails.ts';
import type { TestEmails } from './test-emails.ts';

/** What calls act upon, handed in by the process. */
export interface Services {
  database: Database;
  invitations: Invitations;
  bulkActions: BulkActions;
  requestEmails: RequestEmails;
  passwordResets: PasswordResets;
  accountEmails: AccountEmails;
  attachments: AttachmentStore;
  bodies: Bodies;
  testEmails: TestEmails;
  portalUserChanges: PortalUserChanges;
  logger: Logger;
  linkKeys: LinkKeys;
  /** Origin of our own addresses, without a slash at its end. */
  publicUrl: string;
  /** Which proxies to believe about a caller's address and TLS, as Express takes it: hops, or addresses. */
  trustProxy: number | string[];
  /** May do everything; undefined: there is no such key. */
  adminApiKey: string | undefined;
  /** Calls of the JSON API that are answered in a minute for each key, and for each network without one. */
  apiRateLimit: number;
  /** The address of the operator who becomes an owner of every new portal, as its key; undefined: there is none. */
  firstOperator?: string | undefined;
  /** What one portal user may send; absent: `UPLOAD_QUOTA`. */
  uploadQuota?: UploadQuota;
  /** Web address of a workflow in the Temporal UI; null where no UI is known. */
  workflowUrl(workflowId: string): string | null;
}
