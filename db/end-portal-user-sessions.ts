import type { EntityManager } from './database.ts';

/** Signs a portal user out everywhere. The caller holds the lock on the portal user's row. Safe to repeat. */
export async function endPortalUserSessions(em: EntityManager, portalUserId: string): Promise<void> {
  await em.execute('delete from sessions where portal_user_id = ?', [portalUserId]);
}
