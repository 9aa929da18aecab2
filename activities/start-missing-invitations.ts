import {
  findMissingInvitations,
  findOverdueInvitations,
  type MissingInvitation,
} from '../db/queries/find-missing-invitations.ts';
import { postponeDueInvitation } from '../db/statements/postpone-due-invitation.ts';
import type { Dependencies } from './dependencies.ts';
import { startEach } from './start-each.ts';

/** Starts the invitation's workflow, or tells a running one to send the generation. Safe to repeat. */
export type InvitationStarter = (missing: MissingInvitation) => Promise<void>;

/** Younger ones are being started by the call that adds them, or are due to a workflow that runs. */
const MIN_AGE_SECONDS = 15;
/** Started in one run; the schedule's next run takes up the rest. */
const MOST_AT_ONCE = 10_000;

/**
 * Starts every invitation whose portal user was added (or re-addressed, or reactivated) while Temporal was down, or
 * whose API process died in between, and every one that is overdue, should its workflow have been lost. Starting is
 * idempotent by workflow id; a workflow that runs is left alone. @idempotent
 *
 * @returns how many were started, or found to be running
 * @throws the first failure, after all the others were tried
 */
export async function startMissingInvitations({
  database,
  startInvitation,
}: Pick<Dependencies, 'database' | 'startInvitation'>): Promise<number> {
  const em = database.em.fork();
  const page = { minAgeSeconds: MIN_AGE_SECONDS, limit: MOST_AT_ONCE };
  const missing = await findMissingInvitations(em, page);
  const overdue = await findOverdueInvitations(em, page);
  await startEach([...missing, ...overdue], async (invitation) => {
    await startInvitation(invitation);
    if (invitation.isQueued) await postponeDueInvitation(database.em.fork(), invitation.portalUserId);
  });
  return missing.length + overdue.length;
}
