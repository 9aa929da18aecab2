import { LockMode } from '@mikro-orm/postgresql';
import type { EntityManager } from './database.ts';
import { RequestEmail } from './entities/index.ts';

/** The e-mail's row, locked until the transaction ends: who says what became of it holds this lock. Null where it is gone. */
export async function lockRequestEmail(em: EntityManager, id: string): Promise<RequestEmail | null> {
  return em.findOne(RequestEmail, id, { lockMode: LockMode.PESSIMISTIC_WRITE });
}
