import type { EntityManager } from '../database.ts';
import { PortalUser } from '../entities/index.ts';

/** A portal's user with its contact; null for another portal's. */
export async function findPortalUser(em: EntityManager, portalId: string, id: string): Promise<PortalUser | null> {
  const [user] = await findPortalUsers(em, portalId, [id]);
  return user ?? null;
}

/** A portal's users by id, with their contacts, in no order; ids of others are passed over. */
export async function findPortalUsers(em: EntityManager, portalId: string, ids: string[]): Promise<PortalUser[]> {
  return em.find(PortalUser, { id: { $in: ids }, portal: portalId }, { populate: ['contact'], strategy: 'joined' });
}
