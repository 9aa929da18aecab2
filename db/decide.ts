import type { Actor } from '../workflows/vocabulary.ts';
import type { EntityManager } from './database.ts';
import type { PortalUser } from './entities/index.ts';
import { recordEvent } from './record-event.ts';

/** Who decided, and the key under which the decision is told only once. */
export interface DecisionSource {
  actor: Actor;
  onceKey?: string;
}

/** The password chosen with the link counts from the commit on. The caller holds the lock on the row. */
export async function confirm(em: EntityManager, user: PortalUser, source: DecisionSource): Promise<void> {
  await em.populate(user, ['pendingPasswordHash']);
  user.confirmationStatus = 'confirmed';
  user.confirmedAt = new Date();
  user.passwordHash = user.pendingPasswordHash ?? null;
  endInvitation(user);
  recordEvent(em, user, { type: 'portal_user_confirmed', ...source, data: { generation: user.generation } });
}

/** Takes access away, before or after confirmation. The caller holds the lock on the row. */
export function deactivate(em: EntityManager, user: PortalUser, source: DecisionSource): void {
  const before = user.confirmationStatus;
  user.confirmationStatus = 'deactivated';
  user.deactivatedAt = new Date();
  endInvitation(user);
  recordEvent(em, user, { type: 'portal_user_deactivated', ...source, data: { before } });
}

function endInvitation(user: PortalUser): void {
  user.pendingPasswordHash = null;
  user.nextReminderAt = null;
}
