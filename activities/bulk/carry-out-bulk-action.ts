import { pollRecord } from '../../commands/temporal-outages.ts';
import type { Database } from '../../db/database.ts';
import { countUnsentRows } from '../../db/queries/bulk-action-rows.ts';
import type { BulkOutcome } from '../../vocabulary/portal-users.ts';
import { whileHeartbeating } from '../mail-server/deliver-message.ts';
import { actOnPortalUsers, type BulkDependencies } from './act-on-portal-users.ts';
import { nextBatch } from './next-batch.ts';

/** How long the e-mails of a batch are waited for: a mail server that is down holds up nothing else. */
const SENDING_LIMIT_MS = 10_000;

/**
 * Carries a bulk action out, a batch of rows at a time, and records the outcome of each row. The next batch waits until the e-mails
 * of the previous one are sent, so that an urgent invitation never waits behind more than one batch.
 *
 * @idempotent a row that has its outcome is not acted on again, and one that was acted on before a crash names the link that it
 *   replaces, which is replaced once
 * @throws what Temporal or Postgres throws while it is down; a later attempt continues
 */
export async function carryOutBulkAction(
  dependencies: BulkDependencies,
  { bulkActionId }: { bulkActionId: string },
): Promise<void> {
  const { database } = dependencies;
  await whileHeartbeating(async (signal) => {
    for (;;) {
      signal.throwIfAborted();
      const batch = await nextBatch(database, bulkActionId);
      if (batch === undefined) return;
      const { outcomes, failure } = await actOnPortalUsers(dependencies, batch);
      await recordOutcomes(database, bulkActionId, outcomes);
      if (failure !== undefined) throw failure;
      await waitUntilSent(database, bulkActionId, [...outcomes.keys()], signal);
    }
  });
}

/** Returns early when `signal` fires: a stopping worker leaves the rest to another. */
async function waitUntilSent(
  database: Database,
  bulkActionId: string,
  ids: string[],
  signal: AbortSignal,
): Promise<void> {
  const isSent = async () =>
    signal.aborted || (await countUnsentRows(database.em.fork(), bulkActionId, ids)) === 0 || undefined;
  await pollRecord(isSent, SENDING_LIMIT_MS);
}

/** @idempotent */
async function recordOutcomes(
  database: Database,
  bulkActionId: string,
  outcomes: Map<string, BulkOutcome>,
): Promise<void> {
  const given = [...outcomes].map(([id, outcome]) => ({ id, outcome }));
  await database.em.fork().execute(
    `update bulk_action_rows r set outcome = given.outcome
       from json_to_recordset(?::json) as given(id uuid, outcome text)
      where r.bulk_action_id = ? and r.portal_user_id = given.id`,
    [JSON.stringify(given), bulkActionId],
  );
}
