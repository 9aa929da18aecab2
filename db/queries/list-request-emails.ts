import type { EntityManager } from '../database.ts';
import { RequestEmail } from '../entities/index.ts';

/** Every e-mail about a request, newest first. */
export async function listRequestEmails(em: EntityManager, requestId: string): Promise<RequestEmail[]> {
  return em.find(RequestEmail, { request: requestId }, { orderBy: { queuedAt: 'desc' } });
}
