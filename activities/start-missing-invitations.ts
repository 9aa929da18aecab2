import { findMissingInvitations, type MissingInvitation } from '../db/queries/find-missing-invitations.ts';
import type { Dependencies } from './dependencies.ts';
import { startEach } from './start-each.ts';

/** Starts the invitation's workflow, or tells a running one to send the generation. Safe to repeat. */
export type InvitationStarter = (missing: MissingInvitation) => Promise<void>;

/** Younger ones are being started by the call that adds them. */
const MIN_AGE_SECONDS = 15;
/** Started in one run; the schedule's next run takes up the rest. */
const MOST_AT_ONCE = 10_000;

/**
 * Starts every invitation whose portal user was added (or re-addressed, or reactivated) while Temporal was down, or
 * whose API process died in between. Safe to repeat: starting is idempotent by workflow id.
 *
 * @returns how many were started
 * @throws the first failure, after all the others were tried
 */
export async function startMissingInvitations({
  database,
  startInvitation,
}: Pick<Dependencies, 'database' | 'startInvitation'>): Promise<number> {
  const missing = await findMissingInvitations(database.em.fork(), {
    minAgeSeconds: MIN_AGE_SECONDS,
    limit: MOST_AT_ONCE,
  });
  await startEach(missing, startInvitation);
  return missing.length;
}
