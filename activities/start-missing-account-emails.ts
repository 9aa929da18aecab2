import { AccountEmail } from '../db/entities/index.ts';
import { readClock } from '../db/queries/read-clock.ts';
import type { Dependencies } from './dependencies.ts';
import { startEach } from './start-each.ts';
import { whileHeartbeating } from './while-heartbeating.ts';

/** Starts the workflow of an e-mail about an account; a running one is left alone. Safe to repeat. */
export type AccountEmailStarter = (accountEmailId: string) => Promise<void>;

/** Younger ones are being started by the call that queued them. */
const MIN_AGE_MS = 15_000;
/** Started in one run; the schedule's next run starts the rest. */
const MOST_AT_ONCE = 10_000;
/** Long enough to find out what became of an e-mail that somebody asks about. */
const KEPT_DAYS = 30;

/** The newest e-mail of a pending membership is kept: the list of operators shows its delivery. */
const DELETE_OLD = `
  delete from account_emails e where e.answered_at < now() - make_interval(days => ${KEPT_DAYS}) and not exists (
    select from portal_operators m where m.id = e.membership_id and m.accepted_at is null and m.generation = e.generation
  )
`;

/**
 * Starts every e-mail about an account that was queued while Temporal was down, or whose API process died in between, and
 * deletes those that were answered long ago. Safe to repeat.
 *
 * @throws the first failure, after all the others were tried
 */
export async function startMissingAccountEmails({
  database,
  startAccountEmail,
}: Pick<Dependencies, 'database' | 'startAccountEmail'>): Promise<void> {
  const em = database.em.fork();
  await whileHeartbeating(() => em.execute(DELETE_OLD));
  const before = new Date((await readClock(em)).getTime() - MIN_AGE_MS);
  const unanswered = await em.find(
    AccountEmail,
    { answeredAt: null, queuedAt: { $lt: before } },
    { fields: ['id'], orderBy: { queuedAt: 'asc' }, limit: MOST_AT_ONCE },
  );
  await startEach(unanswered, ({ id }) => startAccountEmail(id));
}
