import type { RowWorkflow, RowWorkflows } from '../../commands/services.ts';
import { findMissingInvitations, findOverdueInvitations } from '../../db/queries/find-missing-invitations.ts';
import { postponeDueInvitation } from '../../db/statements/record-delivery.ts';
import type { Dependencies } from '../dependencies.ts';
import { whileHeartbeating } from '../mail-server/deliver-message.ts';

/** Younger rows are being started by the call that inserted them, or are due to a workflow that runs. */
const MIN_AGE_SECONDS = 15;
/** Started in one run; the schedule's next run starts the rest. */
const MOST_AT_ONCE = 10_000;
/** Started at a time: catching up must not crowd out what arrives meanwhile. */
const CONCURRENCY = 10;

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
  invitations,
}: Pick<Dependencies, 'database' | 'invitations'>): Promise<number> {
  const em = database.em.fork();
  const page = { minAgeSeconds: MIN_AGE_SECONDS, limit: MOST_AT_ONCE };
  const missing = await findMissingInvitations(em, page);
  const overdue = await findOverdueInvitations(em, page);
  await startEach([...missing, ...overdue], async (invitation) => {
    await invitations.resume(invitation);
    if (invitation.isQueued) await postponeDueInvitation(database.em.fork(), invitation.portalUserId);
  });
  return missing.length + overdue.length;
}

interface StartedRows {
  table: string;
  /** The column with the moment at which the row was inserted. */
  since: string;
  /** SQL: whether the row still needs its workflow. */
  isDue: string;
  /** SQL of a statement that is run first. */
  deleteOld?: string;
}

/** The rows that {@link RowWorkflows} follow. */
const ROWS: Record<keyof RowWorkflows, StartedRows> = {
  bulkActions: { table: 'bulk_actions', since: 'created_at', isDue: 'finished_at is null' },
  requestEmails: { table: 'request_emails', since: 'queued_at', isDue: 'answered_at is null' },
  accountEmails: {
    table: 'account_emails',
    since: 'queued_at',
    isDue: 'answered_at is null',
    // 30 days are long enough to look up the delivery of an e-mail. The newest e-mail of a pending membership stays: the list of
    // operators shows its delivery.
    deleteOld: `delete from account_emails e where e.answered_at < now() - interval '30 days' and not exists (
      select from portal_operators m
       where m.id = e.membership_id and m.accepted_at is null and m.generation = e.generation)`,
  },
  passwordResets: {
    table: 'password_reset_requests',
    since: 'created_at',
    isDue: 'true', // the row is deleted once its e-mail is sent
    // By then the link has expired, and the workflow has given up, unless none ever ran.
    deleteOld: `delete from password_reset_requests where created_at < now() - interval '2 hours'`,
  },
};

/**
 * Starts the workflows of one kind of row that were requested while Temporal was down, or whose API process died in between, and
 * deletes old rows of that kind.
 *
 * @idempotent
 * @throws the first failure, after all the others were tried
 */
export async function startMissingWorkflows<Kind extends keyof RowWorkflows>(
  dependencies: Pick<Dependencies, 'database'> & Record<Kind, RowWorkflow>,
  kind: Kind,
): Promise<void> {
  const { table, since, isDue, deleteOld } = ROWS[kind];
  const em = dependencies.database.em.fork();
  if (deleteOld !== undefined) await whileHeartbeating(() => em.execute(deleteOld));
  const due = await em.execute<{ id: string }[]>(
    `select id from ${table} where ${isDue} and ${since} < now() - make_interval(secs => ?) order by ${since} limit ?`,
    [MIN_AGE_SECONDS, MOST_AT_ONCE],
  );
  await startEach(due, ({ id }) => dependencies[kind].start(id));
}

/**
 * Starts what is missing, some at a time.
 *
 * @throws the first failure, after all the others were tried; a cancellation at once, since a later run continues
 */
async function startEach<Missing>(missing: Missing[], start: (one: Missing) => Promise<void>): Promise<void> {
  const outcomes: PromiseSettledResult<void>[] = [];
  await whileHeartbeating(async (signal) => {
    for (let next = 0; next < missing.length; next += CONCURRENCY) {
      signal.throwIfAborted();
      const batch = missing.slice(next, next + CONCURRENCY);
      outcomes.push(...(await Promise.allSettled(batch.map(start))));
    }
  });
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
