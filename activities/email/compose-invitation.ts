import type { SendMailOptions } from 'nodemailer';
import { confirmationToken } from '../../db/confirmation-token.ts';
import type { Dependencies } from '../dependencies.ts';
import type { PreparedEmail } from '../prepare-invitation-email.ts';
import { renderInvitation } from './render-invitation.ts';

/**
 * The message of one invitation e-mail. The same row always gives the same bytes: what it says, Message-ID, Date, boundary
 * and link all come from it, so that mailboxes recognise a retried sending as a copy whatever was changed meanwhile.
 */
export function composeInvitation(
  { linkKeys, publicUrl, mailFrom }: Pick<Dependencies, 'linkKeys' | 'publicUrl' | 'mailFrom'>,
  { email, user }: PreparedEmail,
): SendMailOptions {
  const subject = { portalUserId: user.id, generation: email.generation, salt: user.linkSalt };
  const { name, senderName, replyTo } = email.content;
  return {
    ...renderInvitation(email.content, `${publicUrl}/confirm/${confirmationToken(linkKeys, subject)}`),
    from: { name: senderName, address: mailFrom },
    // As an object: a string would be parsed, and a hostile one could name a second recipient.
    to: { name, address: email.toAddress },
    ...(replyTo !== null && { replyTo: { name: senderName, address: replyTo } }),
    messageId: `<${email.id}@${mailFrom.slice(mailFrom.lastIndexOf('@') + 1)}>`,
    date: email.queuedAt,
    baseBoundary: email.id,
    headers: { 'Auto-Submitted': 'auto-generated' },
  };
}
