/**
 * The operator that the environment names, so that a new installation can be signed in to. They own every portal that has
 * no operator: portals made before, and by their very creation those made later.
 */
import pRetry from 'p-retry';
import type { Logger } from 'pino';
import type { Database, EntityManager } from '../db/database.ts';
import { emailKey } from '../db/email-address.ts';
import { Operator, Portal, PortalOperator } from '../db/entities/index.ts';
import { recordPortalEvent } from '../db/record-event.ts';
import { hashPassword } from './password.ts';
import { describeUnforeseen } from './problem-of.ts';
import { inTransaction } from './unit-of-work.ts';

/** Any number that is ours alone among the advisory locks of this database. */
const FIRST_OPERATOR_LOCK = 4_711_000_002;
/** How often a database that is not there yet is asked again, at the least. */
const MAX_RETRY_INTERVAL_MS = 5_000;

export interface FirstOperator {
  email: string;
  password: string;
}

/** Makes the first operator as soon as Postgres is up, however long that takes. @returns what gives up */
export function ensureFirstOperatorLater(
  database: Database,
  operator: FirstOperator,
  logger: Logger,
): () => Promise<void> {
  const giveUp = new AbortController();
  const done = pRetry(() => ensureFirstOperator(database, operator), {
    retries: Number.POSITIVE_INFINITY,
    maxTimeout: MAX_RETRY_INTERVAL_MS,
    signal: giveUp.signal,
    onFailedAttempt: ({ error }) => logger.warn(describeUnforeseen(error), 'The first operator is not made yet'),
  }).catch((error) => {
    if (!giveUp.signal.aborted) logger.error(describeUnforeseen(error), 'The first operator was not made');
  });
  return async () => {
    giveUp.abort();
    await done;
  };
}

/**
 * Makes the operator unless there is one with this address, whose password stays as it is, and makes them an owner of every
 * portal that has no operator. Safe to repeat, and from several processes at once.
 */
export async function ensureFirstOperator(database: Database, { email, password }: FirstOperator): Promise<void> {
  await inTransaction(database, async ({ em }) => {
    await em.execute('select pg_advisory_xact_lock(?)', [FIRST_OPERATOR_LOCK]);
    const key = emailKey(email)!;
    const known = await em.findOne(Operator, { emailKey: key });
    const passwordHash = known === null ? await hashPassword(password) : '';
    const operator = known ?? em.create(Operator, { email, emailKey: key, name: email, passwordHash });
    for (const portal of await portalsWithoutOperators(em)) makeOwner(em, portal, operator);
  });
}

/** Has a portal that is being made owned by the first operator, if that one is there yet. */
export async function makeFirstOwner(em: EntityManager, portal: Portal, operatorKey: string): Promise<void> {
  // Either this portal is committed before the operator is made, and found then, or the operator is found here.
  await em.execute('select pg_advisory_xact_lock_shared(?)', [FIRST_OPERATOR_LOCK]);
  const operator = await em.findOne(Operator, { emailKey: operatorKey });
  if (operator !== null) makeOwner(em, portal, operator);
}

async function portalsWithoutOperators(em: EntityManager): Promise<Portal[]> {
  const rows = await em.execute<{ id: string }[]>(
    'select id from portals where not exists (select from portal_operators where portal_id = portals.id)',
  );
  return em.find(Portal, { id: { $in: rows.map(({ id }) => id) } });
}

function makeOwner(em: EntityManager, portal: Portal, operator: Operator): void {
  em.create(PortalOperator, { portal, operator, role: 'owner' });
  const data = { operatorId: operator.id, role: 'owner' };
  recordPortalEvent(em, portal, { type: 'operator_added', actor: 'administrator', data });
}
