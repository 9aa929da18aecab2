import { DEFAULT_COLOR } from '../../db/entities/portal.ts';
import type { looksAndSender } from './looks-and-sender.ts';
import { phrases } from './templates.ts';

/** How e-mails about an operator's account look, which belongs to no portal. Operators have no language of their own. */
export function consoleLooks(): ReturnType<typeof looksAndSender> {
  const language = 'en';
  const name = phrases.t('console.name', { lng: language });
  return { language, portalName: name, color: DEFAULT_COLOR, logoUrl: null, senderName: name, replyTo: null };
}
