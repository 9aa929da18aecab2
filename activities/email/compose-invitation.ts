import type { SendMailOptions } from 'nodemailer';
import { confirmationToken } from '../../db/confirmation-token.ts';
import type { Invitation, QueuedEmail } from '../../db/queries/read-invitation.ts';
import type { Dependencies } from '../dependencies.ts';
import { envelope } from './envelope.ts';
import { renderInvitation } from './render-invitation.ts';

/** What an invitation e-mail is made of: its row says what is in it, the portal user's has the salt of the link. */
export interface InvitationToMail {
  email: Pick<QueuedEmail, 'id' | 'generation' | 'toAddress' | 'content' | 'queuedAt'>;
  user: Pick<Invitation['user'], 'id' | 'linkSalt'>;
}

/**
 * The message of one invitation e-mail. The same row always gives the same bytes: what it says, its envelope and its link
 * all come from it, whatever was changed meanwhile.
 */
export function composeInvitation(
  { linkKeys, publicUrl, mailFrom }: Pick<Dependencies, 'linkKeys' | 'publicUrl' | 'mailFrom'>,
  { email, user }: InvitationToMail,
): SendMailOptions {
  const subject = { portalUserId: user.id, generation: email.generation, salt: user.linkSalt };
  return {
    ...renderInvitation(email.content, `${publicUrl}/confirm/${confirmationToken(linkKeys, subject)}`),
    ...envelope(mailFrom, email),
  };
}
