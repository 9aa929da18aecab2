import type { EntityManager } from '../database.ts';
import { RequestEmail } from '../entities/index.ts';

/** Where an e-mail stands among those of its request. */
export type EarlierEmail = Pick<RequestEmail, 'id' | 'queuedAt' | 'answeredAt' | 'delivery'>;

/** The e-mails of the same request that were put down before this one, oldest first. */
export async function earlierRequestEmails(
  em: EntityManager,
  { request, queuedAt }: Pick<RequestEmail, 'request' | 'queuedAt'>,
): Promise<EarlierEmail[]> {
  return em.find(
    RequestEmail,
    { request: request.id, queuedAt: { $lt: queuedAt } },
    { fields: ['id', 'queuedAt', 'answeredAt', 'delivery'], orderBy: { queuedAt: 'asc' } },
  );
}

/** When the request's newest e-mail was put down; null: there is none. */
export async function lastRequestEmailAt(em: EntityManager, requestId: string): Promise<Date | null> {
  const newest = await em.findOne(
    RequestEmail,
    { request: requestId },
    { fields: ['queuedAt'], orderBy: { queuedAt: 'desc' } },
  );
  return newest?.queuedAt ?? null;
}
