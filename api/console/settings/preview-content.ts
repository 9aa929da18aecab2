import { type EmailSettings, invitationContent } from '../../../activities/email/invitation-content.ts';
import type { Portal } from '../../../db/entities/index.ts';
import type { InvitationEmailContent } from '../../../db/invitation-email-content.ts';
import type { Language } from '../../../db/languages.ts';
import type { PortalChange } from '../../schemas/portal.ts';

/** Which e-mails are shown. */
export const PREVIEWED = ['invitation', 'reminder'] as const satisfies InvitationEmailContent['kind'][];

interface Occasion {
  kind: InvitationEmailContent['kind'];
  language: Language;
  name: string;
}

/** A portal's settings as they would be with a change. */
export function emailSettings(portal: Portal, change: PortalChange): EmailSettings {
  const { slug, name, color, logoVersion, languages, defaultLocale, senderName, replyTo } = portal;
  const { linkValiditySeconds, hasOwnSite } = portal;
  const saved = { slug, name, color, logoVersion, languages, defaultLocale, senderName, replyTo };
  return { ...saved, linkValiditySeconds, hasOwnSite, ...(change as Partial<EmailSettings>) };
}

/** What somebody would be mailed by these settings: a reminder says when the link ends, which is counted from now. */
export function previewContent(publicUrl: string, settings: EmailSettings, { kind, language, name }: Occasion) {
  const expiresAt = kind === 'reminder' ? new Date(Date.now() + settings.linkValiditySeconds * 1_000) : null;
  return invitationContent(publicUrl, settings, { kind, name, locale: language, note: null, expiresAt });
}

/** What of a change can be seen in an e-mail's HTML: the rest has no place in an address. */
const SEEN = [
  'name',
  'color',
  'languages',
  'linkValiditySeconds',
  'hasOwnSite',
] as const satisfies (keyof PortalChange)[];

/** Carries a change to the frame that shows it: it is kept nowhere until it is saved. */
export function previewQuery(change: PortalChange, language: Language): URLSearchParams {
  const seen = Object.fromEntries(SEEN.filter((key) => key in change).map((key) => [key, change[key]]));
  return new URLSearchParams({ language, settings: JSON.stringify(seen) });
}
