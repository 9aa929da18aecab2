import type { Portal, Request } from '../../db/entities/index.ts';
import type { RequestEmailContent } from '../../db/request-email-content.ts';
import { type LooksSettings, looksAndSender } from './looks-and-sender.ts';

/** Whom an e-mail about a request is for, and what it tells. */
export interface RequestNews {
  name: string;
  /** BCP 47; null follows the portal. */
  locale: string | null | undefined;
  reply: RequestEmailContent['reply'];
  status: RequestEmailContent['status'];
}

/** What an e-mail about a request says, and where it leads (where a portal has a site of its own: there), by the portal's settings of this moment. */
export function requestEmailContent(
  publicUrl: string,
  portal: LooksSettings & Pick<Portal, 'hasOwnSite' | 'afterConfirmingUrls'>,
  { id, number, subject }: Pick<Request, 'id' | 'number' | 'subject'>,
  { name, locale, reply, status }: RequestNews,
): RequestEmailContent {
  const ownSite = portal.hasOwnSite ? portal.afterConfirmingUrls[0] : undefined;
  return {
    ...looksAndSender(publicUrl, portal, locale),
    name,
    number,
    subject,
    link: ownSite ?? `${publicUrl}/p/${portal.slug}/requests/${id}`,
    hasOwnSite: ownSite !== undefined,
    reply,
    status,
  };
}
