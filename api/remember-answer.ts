import { createHash } from 'node:crypto';
import type { EntityManager } from '../db/database.ts';
import { RememberedAnswer } from '../db/entities/index.ts';
import type { Answer } from './endpoint.ts';
import { Problem } from './problem.ts';
import { hashOfKey, openAnswer, sealAnswer } from './seal-answer.ts';
import type { Services } from './services.ts';
import { inTransaction, type UnitOfWork } from './unit-of-work.ts';

/** What remembering needs of the process. */
export type Memory = Pick<Services, 'database' | 'linkKeys'>;

export interface IdempotentCall {
  /** Value of the Idempotency-Key header; undefined: the call is simply carried out. */
  key: string | undefined;
  /** Keys of different scopes do not meet. */
  scope: string;
  /** What makes two calls the same: method, path and payload. */
  payload: unknown;
}

/** What is encrypted. The fingerprint is: a bare hash of a payload lets who reads the table guess the payload. */
interface Remembered {
  fingerprint: string;
  answer: Answer;
}

/**
 * Carries a call out at most once per Idempotency-Key (draft-ietf-httpapi-idempotency-key-header-07): the same key and
 * payload get the first answer again. The answer is written in the transaction of its effect, so a crash leaves both or
 * neither; a failed call leaves nothing, and its key can be used again. Kept for a day, encrypted.
 *
 * @throws Problem `idempotency_key_in_use` while the first call is being answered
 * @throws Problem `idempotency_key_reused` for another payload
 */
export async function rememberAnswer(
  memory: Memory,
  call: IdempotentCall,
  work: (unit: UnitOfWork) => Promise<Answer>,
): Promise<Answer> {
  const { key, scope } = call;
  if (key === undefined) return inTransaction(memory.database, work);

  const row = { scope, keyHash: hashOfKey(key) };
  return inTransaction(memory.database, async (unit) => {
    await lockKey(unit.em, row);
    const known = await unit.em.findOne(RememberedAnswer, row);
    if (known !== null) return replay(memory, call, known);

    const answer = await work(unit);
    unit.em.create(RememberedAnswer, { ...row, ...seal(memory, call, answer) });
    return answer;
  });
}

/** The body of the answer that is remembered under a key; undefined where there is none. */
export async function recallBody({ database, linkKeys }: Memory, scope: string, key: string): Promise<unknown> {
  const known = await database.em.fork().findOne(RememberedAnswer, { scope, keyHash: hashOfKey(key) });
  if (!known?.sealed) return undefined;
  const { keyId, sealed } = known;
  return (openAnswer(linkKeys, { scope, key }, { keyId, sealed }) as Remembered | undefined)?.answer.body;
}

/** The columns of a call's answer. The call has a key. */
export function seal({ linkKeys }: Memory, { key, scope, payload }: IdempotentCall, answer: Answer) {
  const remembered: Remembered = { fingerprint: fingerprintOf(payload), answer };
  return sealAnswer(linkKeys, { scope, key: key! }, remembered);
}

/**
 * The first answer to a call that came before.
 *
 * @throws Problem `idempotency_key_in_use` while there is none
 * @throws Problem `idempotency_key_reused` for another payload, or where the answer can no longer be read
 */
export function replay(
  { linkKeys }: Memory,
  { key, scope, payload }: IdempotentCall,
  { keyId, sealed }: Pick<RememberedAnswer, 'keyId' | 'sealed'>,
): Answer {
  if (!sealed) throw inUse();
  const known = openAnswer(linkKeys, { scope, key: key! }, { keyId, sealed }) as Remembered | undefined;
  if (known === undefined) {
    const detail = 'This key was used before the keys of the server changed, and its answer can no longer be read.';
    throw new Problem('idempotency_key_reused', { detail: `${detail} Use a new Idempotency-Key for a new call.` });
  }
  if (known.fingerprint === fingerprintOf(payload)) return known.answer;
  throw new Problem('idempotency_key_reused', { detail: 'Use a new Idempotency-Key for a new call.' });
}

export function inUse(): Problem {
  return new Problem('idempotency_key_in_use', { detail: 'Wait for its answer, or try again.' });
}

async function lockKey(em: EntityManager, { scope, keyHash }: { scope: string; keyHash: string }): Promise<void> {
  const [row] = await em.execute<{ locked: boolean }[]>(
    'select pg_try_advisory_xact_lock(hashtextextended(?, 0)) as locked',
    [`${scope}/${keyHash}`],
  );
  if (!row?.locked) throw inUse();
}

function fingerprintOf(payload: unknown): string {
  return createHash('sha256').update(JSON.stringify(payload)).digest('base64');
}
