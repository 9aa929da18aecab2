import type { SendMailOptions } from 'nodemailer';
import { readClock } from '../../db/database.ts';
import { Operator, PasswordResetRequest, type Portal, type PortalUser } from '../../db/entities/index.ts';
import { findAuthorizedUser, isOperatorOfAny } from '../../db/queries/authorization.ts';
import { consoleBranding, renderPasswordReset } from '../../email/account-email.ts';
import { emailBranding } from '../../email/branding.ts';
import { operatorPasswordResetToken } from '../../links/operator-link-token.ts';
import { passwordResetEnd, passwordResetToken } from '../../links/password-reset-token.ts';
import type { PasswordResetOrder, PasswordResetResult } from '../contracts.ts';
import type { Dependencies } from '../dependencies.ts';
import { deliverMessage, NO_PORTAL } from '../mail-server/deliver-message.ts';
import { messageHeaders } from '../mail-server/message-headers.ts';

type ResetDependencies = Pick<Dependencies, 'database' | 'mailer' | 'linkKeys' | 'publicUrl' | 'mailFrom'>;

/**
 * Sends a link to a new password to the address in the request's row, if it is that of a confirmed portal user of the portal, or
 * of an operator with a password. To any other address it sends nothing. The row is deleted when it is done, or when its link would
 * be dead anyway.
 *
 * Safe to repeat: Message-ID, Date and link come from the row, so that a crash between the mail server's 250 and our
 * deletion yields at worst a copy; once deleted, repeating sends nothing. The row belongs to no person and has no words: a copy that
 * another release sends has the words of that release.
 *
 * @throws ApplicationFailure `EmailDeferred` (retryable) on SMTP 4xx or an unknown outcome
 */
export async function sendPasswordReset(
  dependencies: ResetDependencies,
  { passwordResetRequestId: id }: PasswordResetOrder,
): Promise<PasswordResetResult> {
  const { database, mailer } = dependencies;
  const email = await prepareMessage(dependencies, id);
  const done = async (delivery: PasswordResetResult['delivery']) => {
    await database.em.fork().nativeDelete(PasswordResetRequest, { id });
    return { delivery };
  };
  if (email === null) return done('none');
  return deliverMessage(mailer, email.message, email.portalId, {
    accepted: () => done('sent'),
    refused: () => done('bounced'),
    deferred: async () => undefined,
  });
}

/** Null where there is nobody to send to. */
async function prepareMessage(
  dependencies: ResetDependencies,
  id: string,
): Promise<{ message: SendMailOptions; portalId: string } | null> {
  const em = dependencies.database.em.fork();
  const asked = await em.findOne(PasswordResetRequest, id, { populate: ['portal'] });
  if (asked === null || passwordResetEnd(asked.createdAt) <= (await readClock(em))) return null;
  const { emailKey } = asked;
  const portal = asked.portal?.getEntity();
  if (!portal) {
    const operator = await em.findOne(Operator, { emailKey }, { populate: ['passwordHash'] });
    if (!operator?.passwordHash || !(await isOperatorOfAny(em, operator.id))) return null;
    const { passwordHash } = operator;
    return { message: operatorResetMessage(dependencies, asked, { ...operator, passwordHash }), portalId: NO_PORTAL };
  }
  const user = await findAuthorizedUser(em, portal, { contact: { emailKey } }, ['contact', 'passwordHash']);
  return user && { message: portalUserResetMessage(dependencies, { asked, user, portal }), portalId: portal.id };
}

/** A portal user who asked for a new password, with contact and password loaded. */
interface PortalUserReset {
  asked: Pick<PasswordResetRequest, 'id' | 'createdAt'>;
  user: PortalUser;
  portal: Portal;
}

/**
 * The message to a portal user who forgot their password. The same row gives the same Message-ID, Date and link, so that mailboxes
 * recognise a retry as a copy.
 */
function portalUserResetMessage(
  { linkKeys, publicUrl, mailFrom }: Pick<Dependencies, 'linkKeys' | 'publicUrl' | 'mailFrom'>,
  { asked, user, portal }: PortalUserReset,
): SendMailOptions {
  const { name, email } = user.contact.getEntity();
  const end = passwordResetEnd(asked.createdAt);
  const link = `${publicUrl}/p/${portal.slug}/reset/${passwordResetToken(linkKeys, user, end)}`;
  const content = { kind: 'passwordReset', ...emailBranding(publicUrl, portal, user.locale), name } as const;
  return {
    ...renderPasswordReset(content, link, end),
    ...messageHeaders(mailFrom, { id: asked.id, toAddress: email, queuedAt: asked.createdAt, content }),
  };
}

/** The message with an operator's link to a new password. The same row gives the same Message-ID, Date and link. */
function operatorResetMessage(
  { linkKeys, publicUrl, mailFrom }: Pick<Dependencies, 'linkKeys' | 'publicUrl' | 'mailFrom'>,
  { id, createdAt }: Pick<PasswordResetRequest, 'id' | 'createdAt'>,
  operator: { id: string; email: string; passwordHash: string },
): SendMailOptions {
  const end = passwordResetEnd(createdAt);
  const link = `${publicUrl}/console/sign-in/new-password/${operatorPasswordResetToken(linkKeys, operator, end)}`;
  const content = { kind: 'operatorPasswordReset', ...consoleBranding(), name: operator.email } as const;
  return {
    ...renderPasswordReset(content, link, end),
    ...messageHeaders(mailFrom, { id, toAddress: operator.email, queuedAt: createdAt, content }),
  };
}
