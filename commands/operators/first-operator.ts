/**
 * The operator that the environment names, so that a new installation can be signed in to. They own every portal that has
 * no operator: portals made before, and by their very creation those made later.
 */
import pRetry from 'p-retry';
import type { Logger } from 'pino';
import type { Database, EntityManager } from '../../db/database.ts';
import { readClock } from '../../db/database.ts';
import { Operator, Portal, PortalOperator } from '../../db/entities/index.ts';
import { recordPortalEvent } from '../../db/events.ts';
import { lockOperator } from '../../db/locks.ts';
import { type EmailAddress, emailKey } from '../../vocabulary/email-address.ts';
import type { Actor } from '../../vocabulary/events.ts';
import { describeUnforeseen } from '../../vocabulary/refusal.ts';
import { hashPassword } from '../passwords/password.ts';
import { endSessions } from '../sign-in/end-sessions.ts';
import { inTransaction } from '../transaction.ts';

/** Any number that is ours alone among the advisory locks of this database. */
const FIRST_OPERATOR_LOCK = 4_711_000_002;
/** How often a database that is not there yet is asked again, at the least. */
const MAX_RETRY_INTERVAL_MS = 5_000;

const REPLACED =
  'OPERATOR_EMAIL was an operator with a password that somebody else may know, or with none: OPERATOR_PASSWORD replaces it, and their sessions have ended';

export interface FirstOperator {
  email: EmailAddress;
  password: string;
}

/** Makes the first operator as soon as Postgres is up, however long that takes. @returns what gives up */
export function ensureFirstOperatorLater(
  database: Database,
  operator: FirstOperator,
  logger: Logger,
): () => Promise<void> {
  const giveUp = new AbortController();
  const done = pRetry(() => ensureFirstOperator(database, operator, logger), {
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
 * Inserts the operator unless there is one with this address, and makes them an owner of every portal that has no operator. A
 * password that is already the environment's, or was chosen by the operator, is unchanged; where somebody else named the
 * address first, the environment's password replaces what they may know. Safe to repeat, and from several processes at once.
 */
export async function ensureFirstOperator(
  database: Database,
  { email, password }: FirstOperator,
  logger: Pick<Logger, 'warn'>,
): Promise<void> {
  await inTransaction(database, async ({ em, afterCommit }) => {
    await em.execute('select pg_advisory_xact_lock(?)', [FIRST_OPERATOR_LOCK]);
    const key = emailKey(email);
    await lockOperator(em, key);
    const known = await em.findOne(Operator, { emailKey: key });
    const operator = known ?? em.create(Operator, { email, emailKey: key });
    const wasTrusted = known !== null && (await isTrusted(em, known));
    if (!wasTrusted) {
      em.assign(operator, { email, passwordHash: await hashPassword(password), passwordSetBy: 'environment' });
      await em.flush();
      await endSessions(em, operator.id);
    }
    if (known !== null && !wasTrusted) afterCommit(async () => logger.warn(REPLACED));
    for (const portal of await portalsWithoutOperators(em)) await makeOwner(em, portal, operator);
  });
}

/** Has a portal that is being made owned by the first operator, if that one is there yet. */
export async function makeFirstOwner(em: EntityManager, portal: Portal, operatorKey: string): Promise<void> {
  // Either this portal is committed before the operator is made, and found then, or the operator is found here.
  await em.execute('select pg_advisory_xact_lock_shared(?)', [FIRST_OPERATOR_LOCK]);
  const operator = await em.findOne(Operator, { emailKey: operatorKey });
  // One that somebody else named first gets the environment's password before any portal: the next start finds this one.
  if (operator !== null && (await isTrusted(em, operator))) await makeOwner(em, portal, operator);
}

/**
 * Whether nobody else knows the password. One that was changed by an earlier version's account page counts where the address
 * was named by the administrator first: a portal's owner who named it knew the password before, and may have changed it.
 */
async function isTrusted(em: EntityManager, { id, passwordSetBy, addressProvedAt }: Operator): Promise<boolean> {
  if (passwordSetBy !== 'self') return passwordSetBy === 'environment';
  if (addressProvedAt) return true;
  const [named] = await em.execute<{ actor: Actor }[]>(
    `select actor from events where type = 'operator_added' and portal_user_id is null and data->>'operatorId' = ?
      order by id limit 1`,
    [id],
  );
  return !named?.actor.startsWith('operator/');
}

async function portalsWithoutOperators(em: EntityManager): Promise<Portal[]> {
  const rows = await em.execute<{ id: string }[]>(
    'select id from portals where not exists (select from portal_operators where portal_id = portals.id)',
  );
  return em.find(Portal, { id: { $in: rows.map(({ id }) => id) } });
}

async function makeOwner(em: EntityManager, portal: Portal, operator: Operator): Promise<void> {
  const { email } = operator;
  em.create(PortalOperator, { portal, operator, name: email, email, role: 'owner', acceptedAt: await readClock(em) });
  const data = { operatorId: operator.id, role: 'owner' } as const;
  recordPortalEvent(em, portal, { type: 'operator_added', actor: 'administrator', data });
}
