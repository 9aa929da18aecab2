import { setTimeout as sleep } from 'node:timers/promises';
import { findUnsettledRows } from '../../db/queries/find-unsettled-rows.ts';
import type { Dependencies } from '../dependencies.ts';
import { whileHeartbeating } from '../while-heartbeating.ts';
import { actOnPortalUsers } from './act-on-portal-users.ts';
import { nextRows } from './next-rows.ts';
import { recordOutcomes } from './record-outcomes.ts';

/** How long the mails of some rows are waited for, at the most: a mail server that is down holds up nothing else. */
const SETTLE_LIMIT_MS = 10_000;
const SETTLE_POLL_MS = 100;

/**
 * Carries a bulk action out, some rows at a time, and writes down what became of each. The next ones wait until the e-mails
 * of the last ones are sent, so that an urgent invitation never waits behind more than one helping.
 *
 * Safe to repeat: a row that has its outcome is not acted on again, and one that was acted on before a crash names the link
 * it was about, which is replaced once.
 *
 * @throws whatever Temporal or Postgres throws while it is down; a later attempt goes on
 */
export async function carryOutBulkAction(
  dependencies: Pick<Dependencies, 'database' | 'invitationSignals' | 'startInvitation'>,
  { bulkActionId }: { bulkActionId: string },
): Promise<void> {
  const { database } = dependencies;
  await whileHeartbeating(async (signal) => {
    for (;;) {
      signal.throwIfAborted();
      const next = await nextRows(database, bulkActionId);
      if (next === undefined) return;
      const { outcomes, failure } = await actOnPortalUsers(dependencies, next.bulkAction, next.rows);
      await recordOutcomes(database, bulkActionId, outcomes);
      if (failure !== undefined) throw failure;
      await settled(database, bulkActionId, [...outcomes.keys()], signal);
    }
  });
}

/** Returns early when `signal` fires: a stopping worker leaves the rest to another. */
async function settled(
  database: Dependencies['database'],
  bulkActionId: string,
  ids: string[],
  signal: AbortSignal,
): Promise<void> {
  const deadline = Date.now() + SETTLE_LIMIT_MS;
  while (Date.now() < deadline && !signal.aborted) {
    const unsettled = await findUnsettledRows(database.em.fork(), bulkActionId, ids);
    if (unsettled === 0) return;
    await sleep(SETTLE_POLL_MS);
  }
}
