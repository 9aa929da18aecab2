import { LockMode } from '@mikro-orm/postgresql';
import type { EntityManager } from './database.ts';
import { Request } from './entities/index.ts';

/** The request's row, locked until the transaction ends: who replies or changes its status holds this lock. Null where it is gone. */
export async function lockRequest(em: EntityManager, id: string): Promise<Request | null> {
  return em.findOne(Request, id, { lockMode: LockMode.PESSIMISTIC_WRITE });
}
