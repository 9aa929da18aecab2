import type { Portal, PortalRequest } from '../db/entities/index.ts';
import type { RenderedEmail, RequestEmailContent } from '../vocabulary/email-content.ts';
import { type BrandingSettings, emailBranding } from './branding.ts';
import { type EmailWords, wordsWithToken } from './rendered-email.ts';
import { colorsBeside, compileTemplate, phrases } from './templates.ts';

/** The recipient of an e-mail about a request, and what is new. */
export interface RequestUpdate {
  name: string;
  /** BCP 47; null follows the portal. */
  locale: string | null | undefined;
  reply: RequestEmailContent['reply'];
  status: RequestEmailContent['status'];
}

/**
 * The data of an e-mail about a request, by the portal's settings of this moment. Its link leads to the request's page, or to the
 * organisation's own site where the portal has one.
 */
export function requestEmailContent(
  publicUrl: string,
  portal: BrandingSettings & Pick<Portal, 'hasOwnSite' | 'afterConfirmingUrls'>,
  { id, number, subject }: Pick<PortalRequest, 'id' | 'number' | 'subject'>,
  { name, locale, reply, status }: RequestUpdate,
): RequestEmailContent {
  const ownSite = portal.hasOwnSite ? portal.afterConfirmingUrls[0] : undefined;
  return {
    ...emailBranding(publicUrl, portal, locale),
    name,
    number,
    subject,
    link: ownSite ?? `${publicUrl}/p/${portal.slug}/requests/${id}`,
    hasOwnSite: ownSite !== undefined,
    reply,
    status,
  };
}

const { html, text } = compileTemplate('request');

/** An e-mail about a request as its row stores it. */
export function prerenderRequestEmail(content: RequestEmailContent): RenderedEmail {
  return { ...renderRequestEmail(content), tokenPlaceholder: null };
}

/** The words of an e-mail about a request: those in its row, or rendered where the row is of a release that stored none. */
export function requestEmailWords({
  content,
  rendered,
}: {
  content: RequestEmailContent;
  rendered?: RenderedEmail | null | undefined;
}): EmailWords {
  return wordsWithToken(rendered, '', () => renderRequestEmail(content));
}

/** Subject, HTML and text of an e-mail about a request. Pure: the same content gives the same bytes. */
function renderRequestEmail(content: RequestEmailContent): EmailWords {
  const { language: lng, color, reply, status, hasOwnSite } = content;
  const statusName = status && phrases.t(`request.statuses.${status}`, { lng });
  const values = { lng, ...content, statusName };
  const context = {
    ...content,
    ...colorsBeside(color),
    statusName,
    howToReply: phrases.t(`request.howToReply.${hasOwnSite ? 'elsewhere' : 'here'}`, { lng }),
    replyLines: reply?.text.split('\n') ?? [],
    headline: reply ? phrases.t('request.replied', { ...values, by: reply.by }) : phrases.t('request.changed', values),
  };
  return { subject: phrases.t('request.subject', values), html: html(context), text: text(context) };
}
