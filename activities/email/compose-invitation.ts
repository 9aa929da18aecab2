import type { SendMailOptions } from 'nodemailer';
import { confirmationToken } from '../../db/confirmation-token.ts';
import { chooseLanguage } from '../../db/languages.ts';
import type { Dependencies } from '../dependencies.ts';
import type { PreparedEmail } from '../prepare-invitation-email.ts';
import { renderInvitation } from './render-invitation.ts';

/**
 * The message of one invitation e-mail. The same row always gives the same bytes: Message-ID, Date, boundary and link
 * all come from it, so that mailboxes recognise a retried sending as a copy.
 */
export function composeInvitation(
  { linkKeys, publicUrl, mailFrom }: Pick<Dependencies, 'linkKeys' | 'publicUrl' | 'mailFrom'>,
  { email, user, contact, portal }: PreparedEmail,
): SendMailOptions {
  const subject = { portalUserId: user.id, generation: email.generation, salt: user.linkSalt };
  const content = renderInvitation(chooseLanguage(user.locale, portal.defaultLocale), {
    kind: email.reminder === 0 ? 'invitation' : 'reminder',
    portalName: portal.name,
    name: contact.name,
    link: `${publicUrl}/confirm/${confirmationToken(linkKeys, subject)}`,
    validitySeconds: portal.linkValiditySeconds,
    expiresAt: user.linkExpiresAt,
  });
  return {
    ...content,
    from: { name: portal.senderName ?? portal.name, address: mailFrom },
    // As an object: a string would be parsed, and a hostile one could name a second recipient.
    to: { name: contact.name, address: email.toAddress },
    ...(portal.replyTo !== null && { replyTo: { name: portal.senderName ?? portal.name, address: portal.replyTo } }),
    messageId: `<${email.id}@${mailFrom.slice(mailFrom.lastIndexOf('@') + 1)}>`,
    date: email.queuedAt,
    baseBoundary: email.id,
    headers: { 'Auto-Submitted': 'auto-generated' },
  };
}
