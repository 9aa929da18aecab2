import type { EntityManager } from '../database.ts';
import { Request } from '../entities/index.ts';

/** A portal's request; null for another portal's. */
export async function findRequest(em: EntityManager, portalId: string, id: string): Promise<Request | null> {
  return em.findOne(Request, { id, portal: portalId });
}
