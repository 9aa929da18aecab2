import { LockMode } from '@mikro-orm/postgresql';
import type { EntityManager } from './database.ts';
import { PortalRequest, PortalUser, RequestEmail } from './entities/index.ts';

/**
 * Until the transaction ends nobody else changes who works for this portal, or what is known of this person: each change
 * sees what the one before left. Portal users can be added meanwhile.
 */
export async function lockOperatorsOf(em: EntityManager, portalId: string): Promise<void> {
  await em.execute('select from portals where id = ? for no key update', [portalId]);
}

/** After {@link lockOperatorsOf}, never before: two locks in one order cannot wait for each other. */
export async function lockOperator(em: EntityManager, emailKey: string): Promise<void> {
  await em.execute('select from operators where email_key = ? for no key update', [emailKey]);
}

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
export async function holdPortalUser(em: EntityManager, id: string): Promise<PortalUser | null> {
  return em.findOne(PortalUser, id, { lockMode: LockMode.PESSIMISTIC_READ });
}

/** The e-mail's row, locked until the transaction ends: who says what became of it holds this lock. Null where it is gone. */
export async function lockRequestEmail(em: EntityManager, id: string): Promise<RequestEmail | null> {
  return em.findOne(RequestEmail, id, { lockMode: LockMode.PESSIMISTIC_WRITE });
}

/** The request's row, locked until the transaction ends: who replies or changes its status holds this lock. Null where it is gone. */
export async function lockRequest(em: EntityManager, id: string): Promise<PortalRequest | null> {
  return em.findOne(PortalRequest, id, { lockMode: LockMode.PESSIMISTIC_WRITE });
}
