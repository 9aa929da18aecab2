import type { AccountEmailContent } from '../../db/account-email-content.ts';
import type { Portal } from '../../db/entities/index.ts';
import type { OperatorRole } from '../../workflows/vocabulary.ts';
import { consoleLooks } from './console-looks.ts';
import { type LooksSettings, looksAndSender } from './looks-and-sender.ts';

/** What an invitation to work for a portal says by the portal's settings of this moment. In English: operators have no language. */
export function operatorInvitationContent(
  publicUrl: string,
  portal: LooksSettings,
  { name, role, expiresAt }: { name: string; role: OperatorRole; expiresAt: Date },
): AccountEmailContent {
  const looks = { ...looksAndSender(publicUrl, portal, null), language: 'en' } as const;
  return { kind: 'operatorInvitation', ...looks, name, role, expiresAt: expiresAt.toISOString() };
}

/** What a portal user is told of a changed password, in their language. */
export function passwordChangedContent(
  publicUrl: string,
  portal: Portal,
  { name, locale, changedAt }: { name: string; locale: string | null | undefined; changedAt: Date },
): AccountEmailContent {
  const link = `${publicUrl}/p/${portal.slug}/forgotten-password`;
  const looks = looksAndSender(publicUrl, portal, locale);
  return { kind: 'passwordChanged', ...looks, name, changedAt: changedAt.toISOString(), link };
}

/** What an operator is told of a changed password. By address: each portal has its own name for them. */
export function operatorPasswordChangedContent(
  publicUrl: string,
  { email, changedAt }: { email: string; changedAt: Date },
): AccountEmailContent {
  const link = `${publicUrl}/console/forgotten-password`;
  return {
    kind: 'operatorPasswordChanged',
    ...consoleLooks(),
    name: email,
    changedAt: changedAt.toISOString(),
    link,
  };
}
