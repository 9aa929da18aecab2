import type { Language } from './languages.ts';
import type { OperatorRole, RequestStatus } from './statuses.ts';

/**
 * The words of one e-mail as they were rendered when it was queued. Stored in its row: a retry sends the same bytes whichever
 * release sends it, and staff read what was sent.
 */
export interface RenderedEmail {
  subject: string;
  html: string;
  text: string;
  /** Random text in place of the secret token of the e-mail's link, which is never stored; null: the e-mail has no secret link. */
  tokenPlaceholder: string | null;
}

/** How an e-mail looks, in which language it is written, and who sends it. */
export interface EmailBranding {
  language: Language;
  /** The portal's name; that of the console where the e-mail is about an operator's account. */
  portalName: string;
  /** `#rrggbb` */
  color: string;
  /** Address of the portal's logo, null for none. A changed logo has another address. */
  logoUrl: string | null;
  senderName: string;
  replyTo: string | null;
}

/** The data of an invitation e-mail, but for its link. Stored in its row: the headers come from it. */
export interface InvitationEmailContent extends EmailBranding {
  kind: 'invitation' | 'reminder';
  name: string;
  note: string | null;
  /** No password is chosen then. */
  hasOwnSite: boolean;
  /** How long the link is good for, counted from the first e-mail of its generation. */
  validitySeconds: number;
  /** When it ends (ISO 8601), known from the first accepted e-mail on. */
  expiresAt: string | null;
}

/** The data of an e-mail about an account, but for a link with a token. Stored in its row: the headers come from it. */
export type AccountEmailContent = EmailBranding & {
  /** Of the recipient. */
  name: string;
} & (OperatorInvitation | PasswordChange);

interface OperatorInvitation {
  kind: 'operatorInvitation';
  role: OperatorRole;
  /** ISO 8601 */
  expiresAt: string;
}

interface PasswordChange {
  kind: 'passwordChanged' | 'operatorPasswordChanged';
  /** ISO 8601 */
  changedAt: string;
  /** Address of the form that asks for a new password. */
  link: string;
}

/** The data of an e-mail about a request. Stored in its row: the headers come from it. */
export interface RequestEmailContent extends EmailBranding {
  name: string;
  number: number;
  subject: string;
  /** Address of the request's page, which asks to sign in, or of the organisation's own site. */
  link: string;
  /** Portal users do not sign in here then. */
  hasOwnSite: boolean;
  /** The e-mail is about a reply, a new status, or both. */
  reply: { text: string; by: string } | null;
  status: RequestStatus | null;
}
