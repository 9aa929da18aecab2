import type { SendMailOptions } from 'nodemailer';
import type { AccountEmail } from '../../db/entities/index.ts';
import { operatorInvitationToken } from '../../db/operator-link-token.ts';
import type { Dependencies } from '../dependencies.ts';
import { envelope } from './envelope.ts';
import { renderAccountEmail } from './render-account-email.ts';

/**
 * The message of one e-mail about an account. The same rows always give the same bytes.
 *
 * @param email with its membership loaded, where it has one
 */
export function composeAccountEmail(
  { linkKeys, publicUrl, mailFrom }: Pick<Dependencies, 'linkKeys' | 'publicUrl' | 'mailFrom'>,
  email: AccountEmail,
): SendMailOptions {
  const { content, membership, generation } = email;
  const link =
    content.kind === 'operatorInvitation'
      ? `${publicUrl}/console/sign-in/invitation/${operatorInvitationToken(linkKeys, membership!.getEntity(), generation!)}`
      : content.link;
  return { ...renderAccountEmail(content, link), ...envelope(mailFrom, email) };
}
