import type { EntityManager } from '../database.ts';
import { InvitationEmail } from '../entities/index.ts';

/** Every e-mail of a portal user's invitation, newest first. */
export async function listInvitationEmails(em: EntityManager, portalUserId: string): Promise<InvitationEmail[]> {
  return em.find(InvitationEmail, { portalUser: portalUserId }, { orderBy: { generation: 'desc', reminder: 'desc' } });
}
