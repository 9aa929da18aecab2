import { raw } from '@mikro-orm/postgresql';
import type { PortalUser } from './entities/index.ts';

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
