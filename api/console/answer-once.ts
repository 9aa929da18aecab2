import { randomUUID } from 'node:crypto';
import pRetry from 'p-retry';
import type { Portal } from '../../db/entities/index.ts';
import { Problem, type ProblemCode } from '../problem.ts';
import { rememberAnswer } from '../remember-answer.ts';
import { Id } from '../schemas/text.ts';
import type { Services } from '../services.ts';
import type { UnitOfWork } from '../unit-of-work.ts';

/** The second of a double click waits this often for the first, which takes some milliseconds. */
const WAITS = { retries: 20, minTimeout: 50, factor: 1 };

const SAID_OF_REPEATS: Partial<Record<ProblemCode, string>> = {
  idempotency_key_in_use:
    'This form is being carried out at this moment. See what came of it before you send it again.',
  idempotency_key_reused:
    'This form was sent before with something else in it, which was done. Send it once more to do this, too.',
};
/** Where a form says so: a second argument of `formErrors`. */
export const REPEAT_PLACES = { idempotency_key_in_use: 'form', idempotency_key_reused: 'form' };

/** For a hidden field of a form that is to be carried out once, however often it is sent. */
export function newFormKey(): string {
  return randomUUID();
}

/**
 * Carries out what a form asks for, once: a double click, or going back and sending it again, gets the first answer.
 *
 * @param formKey as {@link newFormKey} drew it; anything else is no repetition of anything
 * @param payload what makes two forms the same
 * @throws Problem `idempotency_key_in_use` where the first takes too long
 * @throws Problem `idempotency_key_reused` where this form was carried out with another payload before
 */
export async function answerOnce<Answer>(
  { database }: Services,
  portal: Portal,
  formKey: string,
  payload: unknown,
  work: (unit: UnitOfWork) => Promise<Answer>,
): Promise<Answer> {
  const call = { key: Id.safeParse(formKey).data, scope: `${portal.id}/console`, payload };
  const attempt = () => rememberAnswer(database, call, async (unit) => ({ status: 201, body: await work(unit) }));
  try {
    const { body } = await pRetry(attempt, { ...WAITS, shouldRetry: ({ error }) => isInUse(error) });
    return body as Answer;
  } catch (error) {
    const detail = error instanceof Problem && SAID_OF_REPEATS[error.code];
    throw detail ? new Problem(error.code, { detail }) : error;
  }
}

function isInUse(error: unknown): boolean {
  return error instanceof Problem && error.code === 'idempotency_key_in_use';
}
