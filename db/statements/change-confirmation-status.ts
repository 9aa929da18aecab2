import { raw } from '@mikro-orm/postgresql';
import type { Actor } from '../../vocabulary/events.ts';
import type { ConfirmationStatus } from '../../vocabulary/statuses.ts';
import type { Database, EntityManager } from '../database.ts';
import type { PortalUser } from '../entities/index.ts';
import { recordEvent } from '../events.ts';
import { lockPortalUser } from '../locks.ts';
import { endPortalUserSessions } from '../queries/sessions.ts';
import { suppressUnsentEmails } from './queue-invitation-email.ts';

/** Who decided, and the key under which the decision is told only once. */
export interface DecisionSource {
  actor: Actor;
  onceKey?: string;
}

/**
 * Takes access away, before or after confirmation: the status, e-mails that are not sent yet, sessions. The caller holds the lock
 * on the row.
 */
export async function deactivate(em: EntityManager, user: PortalUser, source: DecisionSource): Promise<void> {
  const before = user.confirmationStatus;
  user.confirmationStatus = 'deactivated';
  user.deactivatedAt = raw('now()');
  user.deactivationCount += 1;
  endInvitation(user);
  recordEvent(em, user, { type: 'portal_user_deactivated', ...source, data: { before } });
  await suppressUnsentEmails(em, user.id);
  await endPortalUserSessions(em, user.id);
}

/** Deactivates a confirmed user, whose workflow has ended. Changes no other user. @idempotent */
export async function deactivateConfirmed(database: Database, portalUserId: string, actor: Actor): Promise<void> {
  await database.em.fork().transactional(async (em) => {
    const user = await lockPortalUser(em, portalUserId);
    if (user?.confirmationStatus !== 'confirmed') return;
    await deactivate(em, user, { actor });
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
  const data = { to: status, ...(status === 'not_confirmed' && { generation: user.generation }) } as const;
  recordEvent(em, user, { type: 'portal_user_reactivated', ...source, data });
  return status;
}

function endInvitation(user: PortalUser): void {
  user.pendingPasswordHash = null;
  user.nextReminderAt = null;
  if (user.delivery === 'queued' || user.delivery === 'deferred') user.delivery = 'suppressed';
}

/**
 * Begins a new generation: every earlier link is dead from the commit on, and so is a password chosen through one.
 * The caller holds the lock on the row.
 */
export function supersedeLink(user: PortalUser, generation: number): void {
  user.generation = generation;
  user.delivery = 'queued';
  user.queuedAt = raw('now()');
  user.dueAt = raw('now()');
  user.linkExpiresAt = null;
  user.nextReminderAt = null;
  user.pendingPasswordHash = null;
}

/**
 * Forgets a password that was chosen by a confirmation link and opens nothing yet. Safe to repeat; writes nothing where none was
 * chosen, as with most.
 *
 * @returns whether the link can be used: its portal user is Not Confirmed and has no newer one
 */
export async function discardPendingPassword(
  em: EntityManager,
  { portalUserId, generation }: { portalUserId: string; generation: number },
): Promise<boolean> {
  const usable = await em.execute<object[]>(
    `with usable as (
       select id, generation from portal_users where id = ? and generation = ? and confirmation_status = 'not_confirmed'
     ), discarded as (
       update portal_users u set pending_password_hash = null from usable
        where u.id = usable.id and u.generation = usable.generation and u.confirmation_status = 'not_confirmed'
          and u.pending_password_hash is not null
     )
     select id from usable`,
    [portalUserId, generation],
  );
  return usable.length === 1;
}
