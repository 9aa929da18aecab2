import type { EntityManager } from '../db/database.ts';
import { RememberedAnswer } from '../db/entities/index.ts';
import type { Answer } from './endpoint.ts';
import { describeUnforeseen } from './problem-of.ts';
import { type IdempotentCall, inUse, type Memory, replay, seal } from './remember-answer.ts';
import { hashOfKey } from './seal-answer.ts';
import type { Services } from './services.ts';

/** Longer than any call takes: 200 users, 25 at a time, at a few seconds each. After it the caller's process is taken for dead. */
const CLAIM_SECONDS = 120;

/**
 * As `rememberAnswer`, for a call whose effect is a signal to workflows and no transaction: holding one open meanwhile would
 * hold a connection of the pool. The key is claimed first, and the answer recorded after the effect. After a crash in between
 * the key is free again once the claim is over, and the call is carried out again: only for calls that are safe to repeat.
 *
 * @throws Problem `idempotency_key_in_use` while the first call is being answered
 * @throws Problem `idempotency_key_reused` for another payload
 */
export async function claimAnswer(
  memory: Memory & Pick<Services, 'logger'>,
  call: IdempotentCall,
  work: () => Promise<Answer>,
): Promise<Answer> {
  const { key, scope } = call;
  if (key === undefined) return work();

  const em = memory.database.em.fork();
  const row = { scope, keyHash: hashOfKey(key) };
  if (!(await claim(em, row))) {
    const known = await em.findOne(RememberedAnswer, row);
    if (known === null) throw inUse(); // the first call has just failed
    return replay(memory, call, known);
  }
  let answer: Answer;
  try {
    answer = await work();
  } catch (error) {
    await em.nativeDelete(RememberedAnswer, { ...row, sealed: null });
    throw error;
  }
  try {
    await em.nativeUpdate(RememberedAnswer, { ...row, sealed: null }, seal(memory, call, answer));
  } catch (error) {
    memory.logger.warn(
      describeUnforeseen(error),
      'An answer was not recorded: its call is carried out again if repeated',
    );
  }
  return answer;
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
