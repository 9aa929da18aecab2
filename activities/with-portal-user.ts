import type { Database, EntityManager } from '../db/database.ts';
import type { PortalUser } from '../db/entities/index.ts';
import { lockPortalUser } from '../db/lock-portal-user.ts';
import { portalUserErased } from './portal-user-erased.ts';

/**
 * One transaction on a portal user's locked row.
 *
 * @throws ApplicationFailure `PortalUserErased`, not retryable
 */
export async function withPortalUser<T>(
  database: Database,
  portalUserId: string,
  work: (em: EntityManager, user: PortalUser) => Promise<T>,
): Promise<T> {
  return database.em.fork().transactional(async (em) => {
    const user = await lockPortalUser(em, portalUserId);
    if (user === null) throw portalUserErased(portalUserId);
    return work(em, user);
  });
}
