import type { Portal } from '../../db/entities/index.ts';
import { languageAt } from '../../db/languages.ts';
import { logoUrl } from '../../db/logo-url.ts';

/** What of a portal stands in each of its e-mails. */
export type LooksSettings = Pick<
  Portal,
  'slug' | 'name' | 'color' | 'logoVersion' | 'languages' | 'defaultLocale' | 'senderName' | 'replyTo'
>;

/** How an e-mail looks by the portal's settings of this moment, in which language it is written, and who sends it. */
export function looksAndSender(publicUrl: string, portal: LooksSettings, locale: string | null | undefined) {
  return {
    language: languageAt(portal, locale),
    portalName: portal.name,
    color: portal.color,
    logoUrl: logoUrl(publicUrl, portal),
    senderName: portal.senderName ?? portal.name,
    replyTo: portal.replyTo ?? null,
  };
}
