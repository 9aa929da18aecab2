import type { Language } from './languages.ts';

/**
 * What one invitation e-mail says, but for its link. Kept with the e-mail: a retried sending is the same to the byte
 * whatever was changed meanwhile, and staff can see what was sent.
 */
export interface InvitationEmailContent {
  kind: 'invitation' | 'reminder';
  language: Language;
  portalName: string;
  /** `#rrggbb` */
  color: string;
  /** Whether the portal's logo stands above the text, and which one: the id makes a changed logo another picture. */
  logoUrl: string | null;
  senderName: string;
  replyTo: string | null;
  name: string;
  note: string | null;
  /** No password is chosen then. */
  hasOwnSite: boolean;
  /** How long the link is good for, counted from the first e-mail of its generation. */
  validitySeconds: number;
  /** When it ends (ISO 8601), known from the first accepted e-mail on. */
  expiresAt: string | null;
}
