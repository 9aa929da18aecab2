import type { SendMailOptions } from 'nodemailer';
import { confirmationToken } from '../../db/confirmation-token.ts';
import type { Dependencies } from '../dependencies.ts';
import type { PreparedEmail } from '../prepare-invitation-email.ts';
import { envelope } from './envelope.ts';
import { renderInvitation } from './render-invitation.ts';

/**
 * The message of one invitation e-mail. The same row always gives the same bytes: what it says, its envelope and its link
 * all come from it, whatever was changed meanwhile.
 */
export function composeInvitation(
  { linkKeys, publicUrl, mailFrom }: Pick<Dependencies, 'linkKeys' | 'publicUrl' | 'mailFrom'>,
  { email, user }: PreparedEmail,
): SendMailOptions {
  const subject = { portalUserId: user.id, generation: email.generation, salt: user.linkSalt };
  return {
    ...renderInvitation(email.content, `${publicUrl}/confirm/${confirmationToken(linkKeys, subject)}`),
    ...envelope(mailFrom, email),
  };
}
