import type { AccountEmailContent } from '../../db/account-email-content.ts';
import { colorsBeside, compileTemplate, dateTime, phrases } from './templates.ts';

const invitation = compileTemplate('operator-invitation');
const passwordChanged = compileTemplate('password-changed');

/** Subject, HTML and text of an e-mail about an account. Pure: the same content and link give the same bytes. */
export function renderAccountEmail(content: AccountEmailContent, link: string) {
  const { kind, language, color } = content;
  const moment = (iso: string) => dateTime(language, new Date(iso));
  const context = {
    ...content,
    ...colorsBeside(color),
    link,
    consoleName: phrases.t('console.name', { lng: language }),
    ...(content.kind === 'operatorInvitation'
      ? { deadline: moment(content.expiresAt) }
      : { changedAt: moment(content.changedAt) }),
  };
  const { html, text } = kind === 'operatorInvitation' ? invitation : passwordChanged;
  return {
    subject: phrases.t(`${kind}.subject`, { lng: language, ...context }),
    html: html(context),
    text: text(context),
  };
}
