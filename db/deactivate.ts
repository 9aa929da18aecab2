import type { Actor } from '../workflows/vocabulary.ts';
import type { EntityManager } from './database.ts';
import type { PortalUser } from './entities/index.ts';
import { recordEvent } from './record-event.ts';

/** Takes access away, before or after confirmation; a password chosen but not confirmed is forgotten. The caller holds the lock. */
export function deactivate(em: EntityManager, user: PortalUser, actor: Actor): void {
  const before = user.confirmationStatus;
  user.confirmationStatus = 'deactivated';
  user.deactivatedAt = new Date();
  user.pendingPasswordHash = null;
  user.nextReminderAt = null;
  recordEvent(em, user, { type: 'portal_user_deactivated', actor, data: { before } });
}
