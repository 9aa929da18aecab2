import { deactivateConfirmed } from '../../db/decide.ts';
import type { BulkAction } from '../../db/entities/index.ts';
import type { MissingInvitation } from '../../db/queries/find-missing-invitations.ts';
import { reInviteObstacles } from '../../db/queries/re-invite-obstacles.ts';
import type { Actor, BulkOutcome, ConfirmationStatus } from '../../workflows/vocabulary.ts';
import type { Dependencies } from '../dependencies.ts';
import type { BulkRow } from './next-rows.ts';
import { reactivatePortalUser } from './reactivate-portal-user.ts';

/** The worker's side of the invitations' signals. Throws what Temporal throws. */
export interface InvitationSignals {
  /** Asks for a new link in place of this one. Safe to repeat: done once. */
  reInvite(invitation: MissingInvitation, actor: Actor): Promise<void>;
  /** Takes access away and waits a few seconds for what came of it. Safe to repeat. */
  deactivate(invitation: MissingInvitation, actor: Actor): Promise<ConfirmationStatus | 'pending'>;
}

type ActingDependencies = Pick<Dependencies, 'database' | 'invitationSignals' | 'startInvitation'>;
type Act = (row: BulkRow) => Promise<BulkOutcome>;

/**
 * Does to each of some portal users what the bulk action says. Safe to repeat.
 *
 * @returns what became of each, and the first failure, where a row could not be acted on and is to be tried again
 */
export async function actOnPortalUsers(
  dependencies: ActingDependencies,
  bulkAction: BulkAction,
  rows: BulkRow[],
): Promise<{ outcomes: Map<string, BulkOutcome>; failure: unknown }> {
  const act = await actOf(dependencies, bulkAction, rows);
  const outcomes = new Map<string, BulkOutcome>();
  let failure: unknown;
  await Promise.all(
    rows.map(async (row) => {
      try {
        outcomes.set(row.user.id, await act(row));
      } catch (error) {
        failure ??= error;
      }
    }),
  );
  return { outcomes, failure };
}

async function actOf(dependencies: ActingDependencies, bulkAction: BulkAction, rows: BulkRow[]): Promise<Act> {
  switch (bulkAction.action) {
    case 're_invite':
      return reInviting(dependencies, bulkAction, rows);
    case 'deactivate':
      return deactivating(dependencies, bulkAction);
    case 'reactivate':
      return ({ user }) => reactivatePortalUser(dependencies, bulkAction, user.id);
  }
}

async function reInviting(
  { database, invitationSignals }: ActingDependencies,
  { actor }: BulkAction,
  rows: BulkRow[],
): Promise<Act> {
  const obstacles = await reInviteObstacles(
    database.em.fork(),
    rows.map(({ user }) => user.id),
  );
  return async ({ user, generation }) => {
    // This link was replaced already: by us, before a crash.
    if (user.confirmationStatus === 'not_confirmed' && user.generation > generation) return 'done';
    const refusal = obstacles.get(user.id)?.refusal;
    if (refusal !== undefined) return refusal;
    await invitationSignals.reInvite(invitationOf({ user, generation }), actor);
    return 'done';
  };
}

function deactivating({ database, invitationSignals }: ActingDependencies, { actor }: BulkAction): Act {
  return async ({ user, generation }) => {
    if (user.confirmationStatus === 'deactivated') return 'already_deactivated';
    if (user.confirmationStatus === 'not_confirmed') {
      const status = await invitationSignals.deactivate(invitationOf({ user, generation }), actor);
      if (status === 'pending') return 'pending';
    }
    await deactivateConfirmed(database, user.id, actor);
    return 'done';
  };
}

function invitationOf({ user, generation }: BulkRow): MissingInvitation {
  return { portalUserId: user.id, portalId: user.portal.id, generation };
}
