import type { Database, EntityManager } from '../db/database.ts';
import { Contact, InvitationEmail, Portal, type PortalUser } from '../db/entities/index.ts';
import { recordEvent } from '../db/record-event.ts';
import { supersedeLink } from '../db/supersede-link.ts';
import { deadlines } from './deadlines.ts';
import type { InvitationEmailOrder, InvitationEmailResult } from './send-invitation-email.ts';
import { withPortalUser } from './with-portal-user.ts';

/** All that is needed to write the e-mail. */
export interface PreparedEmail {
  email: InvitationEmail;
  user: PortalUser;
  contact: Contact;
  portal: Portal;
}

/**
 * Puts the e-mail's row down before anything is sent; a first e-mail of a new generation kills every earlier link.
 * Answers with a result instead where there is nothing (more) to send. Safe to repeat: finds the row it wrote.
 */
export async function prepareInvitationEmail(
  database: Database,
  order: InvitationEmailOrder,
): Promise<PreparedEmail | { result: InvitationEmailResult }> {
  return withPortalUser(database, order.portalUserId, async (em, user) => {
    if (user.confirmationStatus !== 'not_confirmed' || order.generation < user.generation) {
      return { result: { delivery: 'not_applicable', confirmationStatus: user.confirmationStatus } };
    }

    if (order.generation > user.generation) supersedeLink(user, order.generation);
    const [contact, portal] = await Promise.all([
      em.findOneOrFail(Contact, user.contact.id),
      em.findOneOrFail(Portal, user.portal.id),
    ]);
    const email = (await findEmail(em, order)) ?? queueEmail(em, user, contact, order);
    if (email.delivery === 'sent' || email.delivery === 'bounced') {
      return { result: { delivery: email.delivery, ...(await deadlines(em, user, portal, order.reminder)) } };
    }
    return { email, user, contact, portal };
  });
}

async function findEmail(em: EntityManager, order: InvitationEmailOrder): Promise<InvitationEmail | null> {
  const { portalUserId, generation, reminder } = order;
  return em.findOne(InvitationEmail, { portalUser: portalUserId, generation, reminder });
}

function queueEmail(
  em: EntityManager,
  user: PortalUser,
  contact: Contact,
  { generation, reminder, requestedBy }: InvitationEmailOrder,
): InvitationEmail {
  if (requestedBy !== undefined && reminder === 0) {
    recordEvent(em, user, { type: 'portal_user_re_invited', actor: requestedBy, data: { generation } });
  }
  user.delivery = 'queued';
  return em.create(InvitationEmail, { portalUser: user, generation, reminder, toAddress: contact.email });
}
