import { activityInfo } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { EntityManager } from '../../db/database.ts';
import { deactivateConfirmed } from '../../db/decide.ts';
import { type BulkAction, Event, PortalUser } from '../../db/entities/index.ts';
import { awaitReInvites } from '../../db/queries/await-re-invites.ts';
import type { MissingInvitation } from '../../db/queries/find-missing-invitations.ts';
import { reInviteObstacles } from '../../db/queries/re-invite-obstacles.ts';
import { type Actor, type BulkOutcome, type ConfirmationStatus, FAILURES } from '../../workflows/vocabulary.ts';
import type { Dependencies } from '../dependencies.ts';
import type { BulkRow } from './next-rows.ts';
import { reactivatePortalUser } from './reactivate-portal-user.ts';

/** Attempts in which a workflow may decide: half a minute, by the retry policy. */
const PATIENT_ATTEMPTS = 5;

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
  if (bulkAction.action === 're_invite') return reInvite(dependencies, bulkAction, rows);
  const act = actOf(dependencies, bulkAction);
  return actOnEach(rows, act);
}

async function actOnEach<Outcome>(
  rows: BulkRow[],
  act: (row: BulkRow) => Promise<Outcome>,
): Promise<{ outcomes: Map<string, Outcome>; failure: unknown }> {
  const outcomes = new Map<string, Outcome>();
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

function actOf(dependencies: ActingDependencies, bulkAction: BulkAction): Act {
  return bulkAction.action === 'deactivate'
    ? deactivating(dependencies, bulkAction)
    : ({ user }) => reactivatePortalUser(dependencies, bulkAction, user.id);
}

/** Signals all of them, then waits for what the record says: a deactivation may come first. */
async function reInvite(
  { database, invitationSignals }: ActingDependencies,
  { actor }: BulkAction,
  rows: BulkRow[],
): Promise<{ outcomes: Map<string, BulkOutcome>; failure: unknown }> {
  const obstacles = await reInviteObstacles(
    database.em.fork(),
    rows.map(({ user }) => user.id),
  );
  const signalled = await actOnEach(rows, async ({ user, generation }): Promise<BulkOutcome | 'asked'> => {
    // This link was replaced already: by us, before a crash.
    if (user.confirmationStatus === 'not_confirmed' && user.generation > generation) return 'asked';
    const refusal = obstacles.get(user.id)?.refusal;
    if (refusal !== undefined) return refusal;
    await invitationSignals.reInvite(invitationOf({ user, generation }), actor);
    return 'asked';
  });
  const asked = rows
    .filter(({ user }) => signalled.outcomes.get(user.id) === 'asked')
    .map(({ user, generation }) => ({ portalUserId: user.id, generation }));
  const results = await awaitReInvites(database, asked);
  const settled = await actOnEach(rows, async ({ user }): Promise<BulkOutcome> => {
    const outcome = signalled.outcomes.get(user.id);
    if (outcome === undefined) throw signalled.failure;
    if (outcome !== 'asked') return outcome;
    const result = results.get(user.id);
    if (result === undefined) return soon();
    return typeof result === 'string' && result !== 'erased' ? result : 'done';
  });
  return { outcomes: settled.outcomes, failure: signalled.failure ?? settled.failure };
}

function deactivating({ database, invitationSignals }: ActingDependencies, bulkAction: BulkAction): Act {
  const { actor } = bulkAction;
  return async ({ user, generation }) => {
    if (user.confirmationStatus === 'deactivated') return whoDeactivated(database.em.fork(), user, bulkAction);
    if (user.confirmationStatus === 'not_confirmed') {
      await invitationSignals.deactivate(invitationOf({ user, generation }), actor);
    }
    await deactivateConfirmed(database, user.id, actor); // the confirmation may have been first
    const now = await database.em.fork().findOne(PortalUser, user.id);
    return now === null || now.confirmationStatus === 'deactivated' ? 'done' : soon();
  };
}

/** Of somebody deactivated already: by this very action, before a crash, or by another. */
async function whoDeactivated(
  em: EntityManager,
  user: PortalUser,
  { actor, createdAt }: BulkAction,
): Promise<BulkOutcome> {
  const ours = { portalUser: user, type: 'portal_user_deactivated', actor, occurredAt: { $gte: createdAt } } as const;
  return (await em.count(Event, ours)) > 0 ? 'done' : 'already_deactivated';
}

/**
 * For a row whose workflow has taken the signal but not decided yet: the row is tried again, but not for so long that it holds up
 * all the others.
 *
 * @throws ApplicationFailure `NotDecidedYet` (retryable)
 */
function soon(): 'pending' {
  if (activityInfo().attempt > PATIENT_ATTEMPTS) return 'pending';
  throw ApplicationFailure.retryable('A workflow has not decided yet', FAILURES.notDecidedYet);
}

function invitationOf({ user, generation }: BulkRow): MissingInvitation {
  return { portalUserId: user.id, portalId: user.portal.id, generation };
}
