import type { Portal } from '../../db/entities/index.ts';
import type { InvitationEmailContent } from '../../db/invitation-email-content.ts';
import { languageAt } from '../../db/languages.ts';
import { logoUrl } from '../../db/logo-url.ts';

/** What of a portal stands in its e-mails. */
export type EmailSettings = Pick<
  Portal,
  | 'slug'
  | 'name'
  | 'color'
  | 'logoVersion'
  | 'languages'
  | 'defaultLocale'
  | 'senderName'
  | 'replyTo'
  | 'linkValiditySeconds'
>;

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
    language: languageAt(portal, locale),
    portalName: portal.name,
    color: portal.color,
    logoUrl: logoUrl(publicUrl, portal),
    senderName: portal.senderName ?? portal.name,
    replyTo: portal.replyTo ?? null,
    name,
    note: note ?? null,
    validitySeconds: portal.linkValiditySeconds,
    expiresAt: expiresAt?.toISOString() ?? null,
  };
}
