import { raw } from '@mikro-orm/postgresql';
import type { Actor, ConfirmationStatus } from '../workflows/vocabulary.ts';
import type { Database, EntityManager } from './database.ts';
import { endPortalUserSessions } from './end-portal-user-sessions.ts';
import type { PortalUser } from './entities/index.ts';
import { lockPortalUser } from './lock-portal-user.ts';
import { recordEvent } from './record-event.ts';
import { suppressUnsentEmails } from './statements/suppress-unsent-emails.ts';
import { supersedeLink } from './supersede-link.ts';

/** Who decided, and the key under which the decision is told only once. */
export interface DecisionSource {
  actor: Actor;
  onceKey?: string;
}

/** Takes access away, before or after confirmation. The caller holds the lock on the row. */
export function deactivate(em: EntityManager, user: PortalUser, source: DecisionSource): void {
  const before = user.confirmationStatus;
  user.confirmationStatus = 'deactivated';
  user.deactivatedAt = raw('now()');
  user.deactivationCount += 1;
  endInvitation(user);
  recordEvent(em, user, { type: 'portal_user_deactivated', ...source, data: { before } });
}

/** Takes access away from who has confirmed, sessions too: no workflow is left to decide. Safe to repeat; changes nobody else. */
export async function deactivateConfirmed(database: Database, portalUserId: string, actor: Actor): Promise<void> {
  await database.em.fork().transactional(async (em) => {
    const user = await lockPortalUser(em, portalUserId);
    if (user?.confirmationStatus !== 'confirmed') return;
    deactivate(em, user, { actor });
    await suppressUnsentEmails(em, user.id);
    await endPortalUserSessions(em, user.id);
  });
}

/**
 * Gives access back: who had confirmed is Confirmed again, password and all; who had not gets a new generation, whose
 * invitation the caller starts. The caller holds the lock on the row of somebody deactivated.
 *
 * @returns the confirmation status it has now
 */
export function reactivate(em: EntityManager, user: PortalUser, source: DecisionSource): ConfirmationStatus {
  const status = user.confirmedAt ? 'confirmed' : 'not_confirmed';
  user.confirmationStatus = status;
  user.deactivatedAt = null;
  if (status === 'not_confirmed') supersedeLink(user, user.generation + 1);
  const data = { to: status, ...(status === 'not_confirmed' && { generation: user.generation }) };
  recordEvent(em, user, { type: 'portal_user_reactivated', ...source, data });
  return status;
}

function endInvitation(user: PortalUser): void {
  user.pendingPasswordHash = null;
  user.nextReminderAt = null;
  if (user.delivery === 'queued' || user.delivery === 'deferred') user.delivery = 'suppressed';
}
