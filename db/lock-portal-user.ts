import { LockMode } from '@mikro-orm/postgresql';
import type { EntityManager } from './database.ts';
import { PortalUser } from './entities/index.ts';

/**
 * The portal user's row, locked until the transaction ends: whoever changes where an invitation stands holds this lock.
 * Null where the row is gone.
 */
export async function lockPortalUser(em: EntityManager, id: string): Promise<PortalUser | null> {
  return em.findOne(PortalUser, id, { lockMode: LockMode.PESSIMISTIC_WRITE });
}
