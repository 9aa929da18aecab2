import type { EntityManager } from '../db/database.ts';
import { Contact, InvitationEmail, Portal, type PortalUser } from '../db/entities/index.ts';
import { recordEvent } from '../db/record-event.ts';
import { supersedeLink } from '../db/supersede-link.ts';
import { deadlines } from './deadlines.ts';
import type { Dependencies } from './dependencies.ts';
import { invitationContent } from './email/invitation-content.ts';
import type { InvitationEmailOrder, InvitationEmailResult } from './send-invitation-email.ts';
import { withPortalUser } from './with-portal-user.ts';

/** All that the e-mail is made of: its row says what is in it, the portal user's has the salt of the link. */
export interface PreparedEmail {
  email: Pick<InvitationEmail, 'id' | 'generation' | 'toAddress' | 'content' | 'queuedAt'>;
  user: Pick<PortalUser, 'id' | 'linkSalt'>;
}

/**
 * Puts the e-mail's row down, with all it says, before anything is sent; a first e-mail of a new generation kills every earlier link.
 * Answers with a result instead where there is nothing (more) to send. Safe to repeat: finds the row it wrote.
 */
export async function prepareInvitationEmail(
  { database, publicUrl }: Pick<Dependencies, 'database' | 'publicUrl'>,
  order: InvitationEmailOrder,
): Promise<PreparedEmail | { result: InvitationEmailResult }> {
  return withPortalUser(database, order.portalUserId, async (em, user) => {
    if (user.confirmationStatus !== 'not_confirmed' || order.generation < user.generation) {
      return { result: { delivery: 'not_applicable', confirmationStatus: user.confirmationStatus } };
    }

    if (order.generation > user.generation) supersedeLink(user, order.generation);
    const portal = await em.findOneOrFail(Portal, user.portal.id);
    const email = (await findEmail(em, order)) ?? (await queueEmail(em, user, portal, publicUrl, order));
    if (email.delivery === 'sent' || email.delivery === 'bounced') {
      return { result: { delivery: email.delivery, ...(await deadlines(em, user, portal, order.reminder)) } };
    }
    return { email, user };
  });
}

async function findEmail(em: EntityManager, order: InvitationEmailOrder): Promise<InvitationEmail | null> {
  const { portalUserId, generation, reminder } = order;
  return em.findOne(InvitationEmail, { portalUser: portalUserId, generation, reminder });
}

async function queueEmail(
  em: EntityManager,
  user: PortalUser,
  portal: Portal,
  publicUrl: string,
  { generation, reminder, requestedBy }: InvitationEmailOrder,
): Promise<InvitationEmail> {
  const { name, email } = await em.findOneOrFail(Contact, user.contact.id);
  if (requestedBy !== undefined && reminder === 0) {
    recordEvent(em, user, { type: 'portal_user_re_invited', actor: requestedBy, data: { generation } });
  }
  user.delivery = 'queued';
  const content = invitationContent(publicUrl, portal, {
    kind: reminder === 0 ? 'invitation' : 'reminder',
    name,
    locale: user.locale,
    note: user.note,
    expiresAt: user.linkExpiresAt,
  });
  return em.create(InvitationEmail, { portalUser: user, generation, reminder, toAddress: email, content });
}
