import type { RequestEmailContent } from '../../db/request-email-content.ts';
import { colorsBeside, compileTemplate, phrases } from './templates.ts';

const { html, text } = compileTemplate('request');

/** Subject, HTML and text of an e-mail about a request. Pure: the same content gives the same bytes. */
export function renderRequestEmail(content: RequestEmailContent) {
  const { language: lng, color, reply, status, hasOwnSite } = content;
  const statusName = status && phrases.t(`request.statuses.${status}`, { lng });
  const told = { lng, ...content, statusName };
  const context = {
    ...content,
    ...colorsBeside(color),
    statusName,
    answer: phrases.t(`request.answer.${hasOwnSite ? 'elsewhere' : 'here'}`, { lng }),
    replyLines: reply?.text.split('\n') ?? [],
    headline: reply ? phrases.t('request.replied', { ...told, by: reply.by }) : phrases.t('request.changed', told),
  };
  return { subject: phrases.t('request.subject', told), html: html(context), text: text(context) };
}
