import type { EmailNumber } from '../db/queries/read-invitation.ts';
import type { InvitationEmailContent } from '../vocabulary/email-content.ts';
import type { Actor } from '../vocabulary/events.ts';
import type { Language } from '../vocabulary/languages.ts';
import type { ConfirmationStatus, InvitationOutcome } from '../vocabulary/statuses.ts';
import type { SignalName } from '../vocabulary/workflows.ts';

export interface InvitationEmailOrder extends EmailNumber {
  /** Who asked for this generation; absent for the first one. */
  requestedBy?: Actor;
}

export type InvitationEmailResult =
  /** The mail server has accepted or refused it; the dates (ISO 8601) are when the workflow has to act next. */
  | { delivery: 'sent' | 'bounced'; linkExpiresAt: string; nextReminderAt: string | null }
  /** The portal's reminders were changed since: nothing was sent. */
  | { delivery: 'not_due'; linkExpiresAt: string; nextReminderAt: string | null }
  /** The link of a reminder has expired before it was sent: nothing was sent. */
  | { delivery: 'out_of_time'; linkExpiresAt: string; nextReminderAt: null }
  /** The user confirmed or was deactivated, or has a newer link, or the record is older than the order: nothing was sent. */
  | { delivery: 'not_applicable'; confirmationStatus: ConfirmationStatus; olderRecord?: OlderRecord };

export interface IgnoredSignal {
  portalUserId: string;
  signal: SignalName;
  /** Of the link that the signal names. */
  generation: number;
  actor: Actor;
  /** Of the link that the workflow follows; absent once it has decided, and in calls of earlier releases. */
  currentGeneration?: number;
  /** Of the newest link whose e-mail has a final result, as far as the workflow knows; absent: not known, or not needed. */
  mailedGeneration?: number | undefined;
}

/**
 * The workflow follows another link than Postgres has, or knows a result that Postgres lacks: Postgres was restored from a backup, or
 * the run was started by a signal that was older than the row.
 */
export interface OlderRecord {
  /** The generation that the portal user's row has. */
  generation: number;
}

export interface TestEmailOrder {
  portalId: string;
  operatorId: string;
  kind: InvitationEmailContent['kind'];
  language: Language;
}

/** The mail server's reply, without its text, which may name the address. */
export type TestEmailResult = { kind: 'accepted' } | { kind: 'refused' | 'deferred'; code: string };

export interface RequestEmailOrder {
  requestEmailId: string;
}

/** The final result: `suppressed` where the portal user was deactivated first, `erased` where the e-mail's row is gone. */
export interface RequestEmailResult {
  delivery: 'sent' | 'bounced' | 'suppressed' | 'erased';
}

export interface PasswordResetOrder {
  passwordResetRequestId: string;
}

/** `none`: no account has the address, it is too late, or another attempt was first. */
export interface PasswordResetResult {
  delivery: 'sent' | 'bounced' | 'none';
}

export interface AccountEmailOrder {
  accountEmailId: string;
}

/** The final result: `suppressed` where the e-mail is not needed any more, `erased` where its row is gone. */
export interface AccountEmailResult {
  delivery: 'sent' | 'bounced' | 'suppressed' | 'erased';
}

export interface DecisionOrder {
  portalUserId: string;
  /** Of the newest link, as the workflow knew it. */
  generation: number;
  outcome: InvitationOutcome;
  actor: Actor;
  /** Who asked for the newest link; absent for the first one. */
  requestedBy?: Actor;
}

export interface DeactivationOrder {
  portalUserId: string;
  actor: Actor;
}

/** Every activity as workflows call it. Each is safe to run twice in a row, and after a crash at any line. */
export interface Activities {
  sendInvitationEmail: (order: InvitationEmailOrder) => Promise<InvitationEmailResult>;
  sendRequestEmail: (order: RequestEmailOrder) => Promise<RequestEmailResult>;
  sendPasswordReset: (order: PasswordResetOrder) => Promise<PasswordResetResult>;
  sendAccountEmail: (order: AccountEmailOrder) => Promise<AccountEmailResult>;
  sendTestEmail: (order: TestEmailOrder) => Promise<TestEmailResult>;
  recordLinkExpired: (link: { portalUserId: string; generation: number }) => Promise<OlderRecord | undefined>;
  recordIgnoredSignal: (signal: IgnoredSignal) => Promise<OlderRecord | undefined>;
  /** @returns the confirmation status that the row has afterwards */
  recordOutcome: (order: DecisionOrder) => Promise<ConfirmationStatus>;
  /** @returns the confirmation status that the row has afterwards */
  recordDeactivation: (order: DeactivationOrder) => Promise<ConfirmationStatus>;
  carryOutBulkAction: (order: { bulkActionId: string }) => Promise<void>;
  startMissingBulkActions: () => Promise<void>;
  /** @returns how many were started */
  startMissingInvitations: () => Promise<number>;
  startMissingRequestEmails: () => Promise<void>;
  startMissingPasswordResets: () => Promise<void>;
  startMissingAccountEmails: () => Promise<void>;
  forgetOldAnswers: () => Promise<void>;
  forgetExpiredSessions: () => Promise<void>;
  eraseUnownedObjects: () => Promise<void>;
}
