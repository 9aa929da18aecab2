import { activityInfo } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { deactivatePortalUser } from '../../commands/portal-users/deactivate-portal-user.ts';
import { type LinkToReplace, reInvitePortalUsers } from '../../commands/portal-users/re-invite.ts';
import { reactivatePortalUser } from '../../commands/portal-users/reactivate-portal-user.ts';
import { inTransaction } from '../../commands/transaction.ts';
import type { EntityManager } from '../../db/database.ts';
import { type BulkAction, Event, type Portal, type PortalUser } from '../../db/entities/index.ts';
import { BULK_OUTCOMES, type BulkOutcome } from '../../vocabulary/portal-users.ts';
import { Refusal } from '../../vocabulary/refusal.ts';
import { FAILURES } from '../../vocabulary/workflows.ts';
import type { Dependencies } from '../dependencies.ts';

/** Some rows of a bulk action, each with the generation of the link that the user had when the row was inserted. */
export interface BulkBatch {
  bulkAction: BulkAction;
  portal: Portal;
  rows: LinkToReplace[];
}

export type BulkDependencies = Pick<Dependencies, 'database' | 'invitations' | 'logger'>;
type Act = (user: PortalUser) => Promise<BulkOutcome>;

/**
 * Does to each portal user of a batch what the bulk action says, by the commands that do it to one.
 *
 * @idempotent
 * @returns the outcomes by id, and the first failure, where a row is to be retried
 */
export async function actOnPortalUsers(
  dependencies: BulkDependencies,
  batch: BulkBatch,
): Promise<{ outcomes: Map<string, BulkOutcome>; failure: unknown }> {
  const outcomes = new Map<string, BulkOutcome>();
  let failure: unknown;
  const act = await ACTIONS[batch.bulkAction.action](dependencies, batch);
  const acts = batch.rows.map(async ({ user }) => {
    try {
      outcomes.set(user.id, await act(user));
    } catch (error) {
      const outcome = error instanceof Refusal ? outcomeOfRefusal(error) : undefined;
      if (outcome === undefined) failure ??= error;
      else outcomes.set(user.id, outcome);
    }
  });
  await Promise.all(acts);
  return { outcomes, failure };
}

const ACTIONS: Record<BulkAction['action'], (dependencies: BulkDependencies, batch: BulkBatch) => Act | Promise<Act>> =
  {
    /** All at once: the record is polled for all of them together. */
    async re_invite(dependencies, { bulkAction: { actor }, portal, rows }) {
      const outcomes = await reInvitePortalUsers(dependencies, portal, rows, actor);
      return async ({ id }) => {
        const outcome = outcomes.get(id)!;
        if (outcome instanceof Refusal) throw outcome;
        return outcome === 'pending' ? retryWhilePending() : 'done';
      };
    },
    deactivate(dependencies, { bulkAction }) {
      return async (user) => {
        if (user.confirmationStatus === 'deactivated') {
          const isOurs = await isDeactivatedBy(dependencies.database.em.fork(), user, bulkAction);
          return isOurs ? 'done' : 'already_deactivated';
        }
        const { isPending } = await deactivatePortalUser(dependencies, user, bulkAction.actor);
        return isPending ? retryWhilePending() : 'done';
      };
    },
    reactivate(dependencies, { bulkAction, portal }) {
      return async ({ id }) => {
        await inTransaction(dependencies.database, (unit) =>
          reactivatePortalUser(unit, dependencies, portal, id, bulkAction.actor, {
            onceKey: `reactivated/${bulkAction.id}`,
          }),
        );
        return 'done';
      };
    },
  };

/** @returns undefined for a refusal that says nothing about the user, as while Temporal is down */
function outcomeOfRefusal({ code }: Refusal): BulkOutcome | undefined {
  if (code === 'not_found') return 'done'; // erased since the batch was read, and so is the row
  return BULK_OUTCOMES.find((outcome) => outcome === code);
}

/** Whether this action deactivated the user: before a crash, which kept the outcome from being recorded. */
async function isDeactivatedBy(
  em: EntityManager,
  user: PortalUser,
  { actor, createdAt }: BulkAction,
): Promise<boolean> {
  const ours = { portalUser: user, type: 'portal_user_deactivated', actor, occurredAt: { $gte: createdAt } } as const;
  return (await em.count(Event, ours)) > 0;
}

/** Attempts of the activity that retry a pending row: half a minute, by the retry policy. */
const PENDING_ATTEMPTS = 5;

/**
 * For a row whose workflow has received the signal but not decided: the row is retried, but not for so long that it holds up all
 * the others.
 *
 * @throws ApplicationFailure `NotDecidedYet` (retryable)
 */
function retryWhilePending(): 'pending' {
  if (activityInfo().attempt > PENDING_ATTEMPTS) return 'pending';
  throw ApplicationFailure.retryable('A workflow has not decided yet', FAILURES.notDecidedYet);
}
