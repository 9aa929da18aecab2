import type { looksAndSender } from './looks-and-sender.ts';
import { colorsBeside, compileTemplate, dateTime, phrases } from './templates.ts';

const { html, text } = compileTemplate('password-reset');

/** What an e-mail to who forgot the password says, besides its link. */
export type PasswordResetContent = ReturnType<typeof looksAndSender> & { name: string };

/** Subject, HTML and text of the e-mail to who forgot the password. Pure: the same arguments give the same bytes. */
export function renderPasswordReset(content: PasswordResetContent, link: string, end: Date) {
  const { language, color } = content;
  const context = { ...content, ...colorsBeside(color), link, deadline: dateTime(language, end) };
  return {
    subject: phrases.t('passwordReset.subject', { lng: language, ...context }),
    html: html(context),
    text: text(context),
  };
}
