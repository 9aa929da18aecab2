import type { OperatorRole } from '../workflows/vocabulary.ts';
import type { Language } from './languages.ts';

/**
 * All that an e-mail about an account says, but for a link with a token: fixed when it is queued, so that a retried sending is
 * the same to the byte.
 */
export type AccountEmailContent = {
  language: Language;
  /** The portal's; of the console where the e-mail is about an operator's account. */
  portalName: string;
  color: string;
  logoUrl: string | null;
  senderName: string;
  replyTo: string | null;
  /** Of the recipient. */
  name: string;
} & (
  | { kind: 'operatorInvitation'; role: OperatorRole /** ISO 8601 */; expiresAt: string }
  | {
      kind: 'passwordChanged' | 'operatorPasswordChanged' /** ISO 8601 */;
      changedAt: string /** To a new password. */;
      link: string;
    }
);
