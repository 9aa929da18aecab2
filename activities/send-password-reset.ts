import { Operator, PasswordResetRequest, PortalOperator, PortalUser } from '../db/entities/index.ts';
import { ACCEPTED } from '../db/entities/portal-operator.ts';
import { passwordResetEnd } from '../db/password-reset-token.ts';
import { readClock } from '../db/queries/read-clock.ts';
import type { Dependencies } from './dependencies.ts';
import { composeOperatorPasswordReset } from './email/compose-operator-password-reset.ts';
import { composePasswordReset } from './email/compose-password-reset.ts';
import { OF_NO_PORTAL, type PortalMessage, sendAndRecord } from './send-and-record.ts';

export interface PasswordResetOrder {
  passwordResetRequestId: string;
}

/** `none`: there was nobody to mail to, it is too late, or it was done before. */
export interface PasswordResetResult {
  delivery: 'sent' | 'bounced' | 'none';
}

type ResetDependencies = Pick<Dependencies, 'database' | 'mailer' | 'linkKeys' | 'publicUrl' | 'mailFrom'>;

/**
 * Mails a link to a new password to the person with the address that was asked for: a confirmed portal user of the portal, or
 * an operator with a password. To any other address it sends nothing. The request's row is deleted when it is done, or when
 * its link would be dead anyway.
 *
 * Safe to repeat: Message-ID, Date and link come from the row, so that a crash between the mail server's 250 and our
 * deletion yields at worst a copy; once deleted, repeating sends nothing.
 *
 * @throws ApplicationFailure `EmailDeferred` (retryable) on SMTP 4xx or an unknown outcome
 */
export async function sendPasswordReset(
  dependencies: ResetDependencies,
  { passwordResetRequestId: id }: PasswordResetOrder,
): Promise<PasswordResetResult> {
  const { database, mailer } = dependencies;
  const message = await composeMessage(dependencies, id);
  const done = async (delivery: PasswordResetResult['delivery']) => {
    await database.em.fork().nativeDelete(PasswordResetRequest, { id });
    return { delivery };
  };
  if (message === null) return done('none');
  return sendAndRecord(mailer, message, {
    accepted: () => done('sent'),
    refused: () => done('bounced'),
    deferred: async () => undefined,
  });
}

async function composeMessage(dependencies: ResetDependencies, id: string): Promise<PortalMessage | null> {
  const em = dependencies.database.em.fork();
  const asked = await em.findOne(PasswordResetRequest, id, { populate: ['portal'] });
  if (asked === null || passwordResetEnd(asked.createdAt) <= (await readClock(em))) return null;
  const { emailKey } = asked;
  const portal = asked.portal?.getEntity();
  if (!portal) {
    const operator = await em.findOne(Operator, { emailKey }, { populate: ['passwordHash'] });
    if (!operator?.passwordHash || (await em.count(PortalOperator, { operator, ...ACCEPTED })) === 0) return null;
    const { passwordHash } = operator;
    return {
      ...composeOperatorPasswordReset(dependencies, asked, { ...operator, passwordHash }),
      portalId: OF_NO_PORTAL,
    };
  }
  if (portal.hasOwnSite) return null;
  const mayBeThere = { portal: portal.id, contact: { emailKey }, confirmationStatus: 'confirmed' } as const;
  const user = await em.findOne(PortalUser, mayBeThere, { populate: ['contact', 'passwordHash'] });
  return user && { ...composePasswordReset(dependencies, { asked, user, portal }), portalId: portal.id };
}
