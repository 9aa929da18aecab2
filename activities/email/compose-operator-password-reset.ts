import type { SendMailOptions } from 'nodemailer';
import type { PasswordResetRequest } from '../../db/entities/index.ts';
import { operatorPasswordResetToken } from '../../db/operator-link-token.ts';
import { passwordResetEnd } from '../../db/password-reset-token.ts';
import type { Dependencies } from '../dependencies.ts';
import { consoleLooks } from './console-looks.ts';
import { envelope } from './envelope.ts';
import { renderPasswordReset } from './render-password-reset.ts';

/** The message with an operator's link to a new password. The same row gives the same Message-ID, Date and link. */
export function composeOperatorPasswordReset(
  { linkKeys, publicUrl, mailFrom }: Pick<Dependencies, 'linkKeys' | 'publicUrl' | 'mailFrom'>,
  { id, createdAt }: Pick<PasswordResetRequest, 'id' | 'createdAt'>,
  operator: { id: string; email: string; passwordHash: string },
): SendMailOptions {
  const end = passwordResetEnd(createdAt);
  const link = `${publicUrl}/console/sign-in/new-password/${operatorPasswordResetToken(linkKeys, operator, end)}`;
  const content = { kind: 'operatorPasswordReset', ...consoleLooks(), name: operator.email } as const;
  return {
    ...renderPasswordReset(content, link, end),
    ...envelope(mailFrom, { id, toAddress: operator.email, queuedAt: createdAt, content }),
  };
}
