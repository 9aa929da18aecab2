import type { Logger } from 'pino';
import type { AttachmentStore } from '../db/attachments/attachment-store.ts';
import type { Database } from '../db/database.ts';
import type { PortalUser } from '../db/entities/index.ts';
import type { MissingInvitation } from '../db/queries/find-missing-invitations.ts';
import type { LinkKeys } from '../links/link-keys.ts';
import type { Actor } from '../vocabulary/events.ts';
import type { ConfirmationStatus } from '../vocabulary/statuses.ts';

/** What commands act upon. The API process and the worker process hand it in. */
export interface CommandServices extends RowWorkflows {
  database: Database;
  invitations: Invitations;
  attachments: AttachmentStore;
  logger: Logger;
  linkKeys: LinkKeys;
  /** Origin of our own addresses, without a slash at its end. */
  publicUrl: string;
  /** The address of the operator who becomes an owner of every new portal, as its key; undefined: there is none. */
  firstOperator?: string | undefined;
  /** What one portal user may send; absent: `UPLOAD_QUOTA`. */
  uploadQuota?: UploadQuota;
}

/** The portal user of an invitation, and the generation of the link that is meant. */
export type InvitedUser = Pick<PortalUser, 'id' | 'portal' | 'generation'>;

/** The workflows of invitations, as commands call them. */
export interface Invitations {
  /** Starts the workflow; a running one is left alone. @idempotent @throws Refusal `unavailable` */
  start(user: InvitedUser): Promise<void>;
  /**
   * Starts another run for a user who was reactivated. A run that is just ending is told of the new link and continues with it.
   * @idempotent @throws Refusal `unavailable`
   */
  startAgain(user: InvitedUser, actor: Actor): Promise<void>;
  /**
   * Starts the workflow of an invitation that should have one. A running workflow that does not know the newest link (the address was
   * corrected while the API could not tell it, or the user was reactivated while the run was ending) is told to replace the link
   * before. A running workflow that waits although the record has no result of its e-mail receives a signal that does not apply, so
   * that it reads the record: Postgres was restored from a backup. @idempotent @throws Refusal `unavailable`
   */
  resume(missing: MissingInvitation): Promise<void>;
  /** Requests a new link in place of the user's generation. @idempotent @throws Refusal `unavailable` */
  reInvite(user: InvitedUser, actor: Actor): Promise<void>;
  /** Reports that the link was used and waits a few seconds for the result. @throws Refusal `unavailable` */
  confirm(user: InvitedUser): Promise<ConfirmationStatus | 'pending'>;
  /** Takes access away and waits a few seconds for the result. @throws Refusal `unavailable` */
  deactivate(user: InvitedUser, actor: Actor): Promise<ConfirmationStatus | 'pending'>;
  /** Whether Temporal responds. */
  isReachable(): Promise<boolean>;
}

/** A workflow that does what one row requests. */
export interface RowWorkflow {
  /** Starts the workflow of the row; a running one is left alone. @idempotent @throws Refusal `unavailable` */
  start(rowId: string): Promise<void>;
}

/** The workflows that follow rows, by kind of row. */
export interface RowWorkflows {
  bulkActions: RowWorkflow;
  requestEmails: RowWorkflow;
  passwordResets: RowWorkflow;
  accountEmails: RowWorkflow;
}

/** What one portal user may send. */
export interface UploadQuota {
  /** Bytes of files within 24 hours. */
  bytesADay: number;
  /** Requests and replies within an hour. */
  formsAnHour: number;
}
