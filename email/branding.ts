import type { EMAIL_COLUMNS, Portal } from '../db/entities/portal.ts';
import type { EmailBranding } from '../vocabulary/email-content.ts';
import { languageAt } from '../vocabulary/languages.ts';

/** The settings of a portal that show in each of its e-mails. */
export type BrandingSettings = Pick<Portal, (typeof EMAIL_COLUMNS)[number]>;

/** @param locale of the recipient (BCP 47); null follows the portal */
export function emailBranding(
  publicUrl: string,
  portal: BrandingSettings,
  locale: string | null | undefined,
): EmailBranding {
  return {
    language: languageAt(portal, locale),
    portalName: portal.name,
    color: portal.color,
    logoUrl: logoUrl(publicUrl, portal),
    senderName: portal.senderName ?? portal.name,
    replyTo: portal.replyTo ?? null,
  };
}

/** Public address of a portal's logo; null where it has none. A changed logo has another address. */
export function logoUrl(
  publicUrl: string,
  { slug, logoVersion }: { slug: string; logoVersion?: string | null | undefined },
): string | null {
  return logoVersion ? `${publicUrl}/p/${slug}/logo?v=${logoVersion}` : null;
}
