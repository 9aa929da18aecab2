import { ApplicationFailure } from '@temporalio/common';
import type { Database, EntityManager } from '../../db/database.ts';
import type { PortalUser } from '../../db/entities/index.ts';
import { lockPortalUser } from '../../db/locks.ts';
import { FAILURES } from '../../vocabulary/workflows.ts';

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

/** Not retryable: there is nobody left to invite. */
export function portalUserErased(portalUserId: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(`Portal user ${portalUserId} does not exist`, FAILURES.portalUserErased);
}
