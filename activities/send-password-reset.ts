import { PasswordResetRequest, PortalUser } from '../db/entities/index.ts';
import { passwordResetEnd } from '../db/password-reset-token.ts';
import type { Dependencies } from './dependencies.ts';
import { composePasswordReset, type Forgetful } from './email/compose-password-reset.ts';
import { sendAndRecord } from './send-and-record.ts';

export interface PasswordResetOrder {
  passwordResetRequestId: string;
}

/** `none`: there was nobody to mail to, it is too late, or it was done before. */
export interface PasswordResetResult {
  delivery: 'sent' | 'bounced' | 'none';
}

/**
 * Mails a link to a new password to who asked for it, if that is a confirmed portal user of the portal; to anybody else
 * nothing. What asked for it is deleted when it is done, or when its link would be dead anyway.
 *
 * Safe to repeat: Message-ID, Date and link come from the row, so that a crash between the mail server's 250 and our
 * deletion yields at worst a copy; once deleted, repeating sends nothing.
 *
 * @throws ApplicationFailure `EmailDeferred` (retryable) on SMTP 4xx or an unknown outcome
 */
export async function sendPasswordReset(
  dependencies: Pick<Dependencies, 'database' | 'mailer' | 'linkKeys' | 'publicUrl' | 'mailFrom'>,
  { passwordResetRequestId: id }: PasswordResetOrder,
): Promise<PasswordResetResult> {
  const { database, mailer } = dependencies;
  const forgetful = await findForgetful(dependencies, id);
  const done = async (delivery: PasswordResetResult['delivery']) => {
    await database.em.fork().nativeDelete(PasswordResetRequest, { id });
    return { delivery };
  };
  if (forgetful === null) return done('none');
  const message = { ...composePasswordReset(dependencies, forgetful), portalId: forgetful.portal.id };
  return sendAndRecord(mailer, message, {
    accepted: () => done('sent'),
    refused: () => done('bounced'),
    deferred: async () => undefined,
  });
}

async function findForgetful({ database }: Pick<Dependencies, 'database'>, id: string): Promise<Forgetful | null> {
  const em = database.em.fork();
  const asked = await em.findOne(PasswordResetRequest, id, { populate: ['portal'] });
  if (asked === null || passwordResetEnd(asked.createdAt) <= new Date()) return null;
  const { emailKey } = asked;
  const portal = asked.portal.getEntity();
  if (portal.hasOwnSite) return null;
  const mayBeThere = { portal: portal.id, contact: { emailKey }, confirmationStatus: 'confirmed' } as const;
  const user = await em.findOne(PortalUser, mayBeThere, { populate: ['contact', 'passwordHash'] });
  return user && { asked, user, portal };
}
