import { createHash } from 'node:crypto';
import type { Database, EntityManager } from '../db/database.ts';
import { RememberedAnswer } from '../db/entities/index.ts';
import type { Answer } from './endpoint.ts';
import { Problem } from './problem.ts';
import { inTransaction, type UnitOfWork } from './unit-of-work.ts';

export interface IdempotentCall {
  /** Value of the Idempotency-Key header; undefined: the call is simply carried out. */
  key: string | undefined;
  /** Keys of different scopes do not meet. */
  scope: string;
  /** What makes two calls the same: method, path and payload. */
  payload: unknown;
}

/**
 * Carries a call out at most once per Idempotency-Key (IETF draft-ietf-httpapi-idempotency-key-header): the same key and
 * payload get the first answer again. The answer is written in the transaction of its effect, so a crash leaves both or
 * neither; a failed call leaves nothing, and its key can be used again. Kept for a day.
 *
 * @throws Problem `idempotency_key_in_use` while the first call is being answered
 * @throws Problem `idempotency_key_reused` for another payload
 */
export async function rememberAnswer(
  database: Database,
  call: IdempotentCall,
  work: (unit: UnitOfWork) => Promise<Answer>,
): Promise<Answer> {
  const { key, scope } = call;
  if (key === undefined) return inTransaction(database, work);

  const fingerprint = createHash('sha256').update(JSON.stringify(call.payload)).digest();
  return inTransaction(database, async (unit) => {
    await lockKey(unit.em, scope, key);
    const remembered = await unit.em.findOne(RememberedAnswer, { scope, key });
    if (remembered !== null) return replay(remembered, fingerprint);

    const answer = await work(unit);
    const { status, location = null, body } = answer;
    unit.em.create(RememberedAnswer, { scope, key, fingerprint, status, location, body });
    return answer;
  });
}

async function lockKey(em: EntityManager, scope: string, key: string): Promise<void> {
  const [row] = await em.execute<{ locked: boolean }[]>(
    'select pg_try_advisory_xact_lock(hashtextextended(?, 0)) as locked',
    [`${scope}/${key}`],
  );
  if (!row?.locked) throw new Problem('idempotency_key_in_use', { detail: 'Wait for its answer, or try again.' });
}

function replay({ fingerprint, status, location, body }: RememberedAnswer, wanted: Buffer): Answer {
  if (!wanted.equals(fingerprint)) {
    throw new Problem('idempotency_key_reused', { detail: 'Use a new Idempotency-Key for a new call.' });
  }
  return { status, body, ...(location !== null && location !== undefined && { location }) };
}
