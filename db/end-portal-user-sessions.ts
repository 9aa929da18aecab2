import type { EntityManager } from './database.ts';

/** Signs a portal user out everywhere, but for the browser whose session has the id `except`. Safe to repeat. */
export async function endPortalUserSessions(em: EntityManager, portalUserId: string, except = ''): Promise<void> {
  await em.execute(`delete from sessions where sess->>'portalUserId' = ? and sid <> ?`, [portalUserId, except]);
}
