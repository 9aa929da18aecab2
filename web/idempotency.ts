/**
 * Calls that are carried out at most once per Idempotency-Key (draft-ietf-httpapi-idempotency-key-header-07): the same key and
 * payload get the first response again. Responses are stored for a day, encrypted. There are two ways, by what the call does:
 *
 * - {@link rememberResponse}, where the call writes in a transaction: the response is stored in the same transaction.
 * - {@link claimResponse}, where the call signals workflows: a transaction that is open meanwhile would hold a connection of the pool.
 */
import { createHash } from 'node:crypto';
import { inTransaction, type UnitOfWork } from '../commands/transaction.ts';
import type { EntityManager } from '../db/database.ts';
import { RememberedResponse } from '../db/entities/index.ts';
import { describeUnforeseen, Refusal } from '../vocabulary/refusal.ts';
import { hashOfKey, openSealedResponse, sealResponse } from './sealed-response.ts';
import type { Services } from './services.ts';

export interface ApiResponse {
  status: number;
  body?: unknown;
  location?: string;
  /** Of the resource as it is now, after a change. A GET's is that of its body. */
  etag?: string;
}

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

/** What is encrypted. A bare hash of the payload would let a reader of the table guess the payload. */
interface Remembered {
  fingerprint: string;
  /** The response. Rows of earlier releases have this name. */
  answer: ApiResponse;
}

/**
 * Stores the response in the transaction of its effect, so a crash leaves both or neither. A failed call leaves nothing, and its
 * key can be used again.
 *
 * @throws Refusal `idempotency_key_in_use` while the first call is being carried out
 * @throws Refusal `idempotency_key_reused` for another payload
 */
export async function rememberResponse(
  memory: Memory,
  call: IdempotentCall,
  work: (unit: UnitOfWork) => Promise<ApiResponse>,
): Promise<ApiResponse> {
  const { key, scope } = call;
  if (key === undefined) return inTransaction(memory.database, work);

  const row = { scope, keyHash: hashOfKey(key) };
  return inTransaction(memory.database, async (unit) => {
    await lockKey(unit.em, row);
    const known = await unit.em.findOne(RememberedResponse, row);
    if (known !== null) return replay(memory, call, known);

    const response = await work(unit);
    unit.em.create(RememberedResponse, { ...row, ...seal(memory, call, response) });
    return response;
  });
}

async function lockKey(em: EntityManager, { scope, keyHash }: { scope: string; keyHash: string }): Promise<void> {
  const [row] = await em.execute<{ locked: boolean }[]>(
    'select pg_try_advisory_xact_lock(hashtextextended(?, 0)) as locked',
    [`${scope}/${keyHash}`],
  );
  if (!row?.locked) throw inUse();
}

/** Longer than any call takes: 200 users, 25 at a time, at a few seconds each. After it the process that carried the call out counts as dead. */
const CLAIM_SECONDS = 120;

/**
 * Claims the key first, and stores the response after the effect. After a crash in between, the key is free again once the claim
 * is over, and the call is carried out again: only for calls that are safe to repeat.
 *
 * @throws Refusal `idempotency_key_in_use` while the first call is being carried out
 * @throws Refusal `idempotency_key_reused` for another payload
 */
export async function claimResponse(
  memory: Memory & Pick<Services, 'logger'>,
  call: IdempotentCall,
  work: () => Promise<ApiResponse>,
): Promise<ApiResponse> {
  const { key, scope } = call;
  if (key === undefined) return work();

  const em = memory.database.em.fork();
  const row = { scope, keyHash: hashOfKey(key) };
  if (!(await claim(em, row))) {
    const known = await em.findOne(RememberedResponse, row);
    if (known === null) throw inUse(); // the first call has just failed
    return replay(memory, call, known);
  }
  let response: ApiResponse;
  try {
    response = await work();
  } catch (error) {
    await em.nativeDelete(RememberedResponse, { ...row, sealed: null });
    throw error;
  }
  try {
    await em.nativeUpdate(RememberedResponse, { ...row, sealed: null }, seal(memory, call, response));
  } catch (error) {
    memory.logger.warn(
      describeUnforeseen(error),
      'A response was not stored: its call is carried out again if repeated',
    );
  }
  return response;
}

async function claim(em: EntityManager, { scope, keyHash }: { scope: string; keyHash: string }): Promise<boolean> {
  const rows = await em.execute<unknown[]>(
    `insert into remembered_answers (scope, key_hash, key_id, sealed, created_at) values (?, ?, 0, null, now())
     on conflict (scope, key_hash) do update set created_at = excluded.created_at
       where remembered_answers.sealed is null and remembered_answers.created_at < now() - make_interval(secs => ?)
     returning 1`,
    [scope, keyHash, CLAIM_SECONDS],
  );
  return rows.length > 0;
}

/** The body of the response that is stored under a key; undefined where there is none. */
export async function recallBody({ database, linkKeys }: Memory, scope: string, key: string): Promise<unknown> {
  const known = await database.em.fork().findOne(RememberedResponse, { scope, keyHash: hashOfKey(key) });
  if (!known?.sealed) return undefined;
  const { keyId, sealed } = known;
  return (openSealedResponse(linkKeys, { scope, key }, { keyId, sealed }) as Remembered | undefined)?.answer.body;
}

/** The columns of a call's response. The call has a key. */
function seal({ linkKeys }: Memory, { key, scope, payload }: IdempotentCall, response: ApiResponse) {
  const remembered: Remembered = { fingerprint: fingerprintOf(payload), answer: response };
  return sealResponse(linkKeys, { scope, key: key! }, remembered);
}

/**
 * The first response to a call that is repeated.
 *
 * @throws Refusal `idempotency_key_in_use` while there is none
 * @throws Refusal `idempotency_key_reused` for another payload, or where the response can no longer be read
 */
function replay(
  { linkKeys }: Memory,
  { key, scope, payload }: IdempotentCall,
  { keyId, sealed }: Pick<RememberedResponse, 'keyId' | 'sealed'>,
): ApiResponse {
  if (!sealed) throw inUse();
  const known = openSealedResponse(linkKeys, { scope, key: key! }, { keyId, sealed }) as Remembered | undefined;
  if (known === undefined) {
    const detail = 'This key was used before the keys of the server changed, and its answer can no longer be read.';
    throw new Refusal('idempotency_key_reused', { detail: `${detail} Use a new Idempotency-Key for a new call.` });
  }
  if (known.fingerprint === fingerprintOf(payload)) return known.answer;
  throw new Refusal('idempotency_key_reused', { detail: 'Use a new Idempotency-Key for a new call.' });
}

function inUse(): Refusal {
  return new Refusal('idempotency_key_in_use', { detail: 'Wait for its answer, or try again.' });
}

function fingerprintOf(payload: unknown): string {
  return createHash('sha256').update(JSON.stringify(payload)).digest('base64');
}
