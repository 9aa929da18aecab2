import type { looksAndSender } from './looks-and-sender.ts';
import { colorsBeside, compileTemplate, dateTime, phrases } from './templates.ts';

const { html, text } = compileTemplate('password-reset');

/** What an e-mail with a link to a new password says, besides that link: to a portal user or to an operator. */
export type PasswordResetContent = ReturnType<typeof looksAndSender> & {
  kind: 'passwordReset' | 'operatorPasswordReset';
  name: string;
};

/** Subject, HTML and text of the e-mail to who forgot the password. Pure: the same arguments give the same bytes. */
export function renderPasswordReset(content: PasswordResetContent, link: string, end: Date) {
  const { kind, language, color } = content;
  const context = { ...content, ...colorsBeside(color), link, deadline: dateTime(language, end) };
  return {
    subject: phrases.t(`${kind}.subject`, { lng: language, ...context }),
    html: html(context),
    text: text(context),
  };
}
