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

/**
 * The same, only held as it is: nobody changes it until the transaction ends, and others may hold it too, or add rows that
 * name it. Null where the row is gone.
 */
export async function standingOf(em: EntityManager, id: string): Promise<PortalUser | null> {
  return em.findOne(PortalUser, id, { lockMode: LockMode.PESSIMISTIC_READ });
}
