import type { Portal } from '../../db/entities/index.ts';
import type { InvitationEmailContent } from '../../db/invitation-email-content.ts';
import { type LooksSettings, looksAndSender } from './looks-and-sender.ts';

/** What of a portal stands in its invitation e-mails. */
export type EmailSettings = LooksSettings & Pick<Portal, 'linkValiditySeconds' | 'hasOwnSite'>;

/** Whom an e-mail is for, and which one it is. */
export interface EmailOccasion {
  kind: InvitationEmailContent['kind'];
  name: string;
  /** BCP 47; null follows the portal. */
  locale: string | null | undefined;
  note: string | null | undefined;
  /** When the link ends, once that is known. */
  expiresAt: Date | null | undefined;
}

/** What an invitation e-mail says by the portal's settings of this moment. */
export function invitationContent(
  publicUrl: string,
  portal: EmailSettings,
  { kind, name, locale, note, expiresAt }: EmailOccasion,
): InvitationEmailContent {
  return {
    kind,
    ...looksAndSender(publicUrl, portal, locale),
    name,
    note: note ?? null,
    hasOwnSite: portal.hasOwnSite,
    validitySeconds: portal.linkValiditySeconds,
    expiresAt: expiresAt?.toISOString() ?? null,
  };
}
