import type { SendMailOptions } from 'nodemailer';
import type { PasswordResetRequest, Portal, PortalUser } from '../../db/entities/index.ts';
import { passwordResetEnd, passwordResetToken } from '../../db/password-reset-token.ts';
import type { Dependencies } from '../dependencies.ts';
import { envelope } from './envelope.ts';
import { looksAndSender } from './looks-and-sender.ts';
import { renderPasswordReset } from './render-password-reset.ts';

/** Who asked for a new password, with contact and password loaded. */
export interface Forgetful {
  asked: Pick<PasswordResetRequest, 'id' | 'createdAt'>;
  user: PortalUser;
  portal: Portal;
}

/**
 * The message to who forgot the password. The same row gives the same Message-ID, Date and link, so that mailboxes recognise
 * a retried sending as a copy.
 */
export function composePasswordReset(
  { linkKeys, publicUrl, mailFrom }: Pick<Dependencies, 'linkKeys' | 'publicUrl' | 'mailFrom'>,
  { asked, user, portal }: Forgetful,
): SendMailOptions {
  const { name, email } = user.contact.getEntity();
  const end = passwordResetEnd(asked.createdAt);
  const link = `${publicUrl}/p/${portal.slug}/reset/${passwordResetToken(linkKeys, user, end)}`;
  const content = { kind: 'passwordReset', ...looksAndSender(publicUrl, portal, user.locale), name } as const;
  return {
    ...renderPasswordReset(content, link, end),
    ...envelope(mailFrom, { id: asked.id, toAddress: email, queuedAt: asked.createdAt, content }),
  };
}
