import { randomUUID } from 'node:crypto';
import pRetry from 'p-retry';
import { Problem } from './problem.ts';
import { rememberAnswer } from './remember-answer.ts';
import { Id } from './schemas/text.ts';
import type { Services } from './services.ts';
import type { UnitOfWork } from './unit-of-work.ts';

/** The second of a double click waits this often for the first, which takes some milliseconds. */
const WAITS = { retries: 20, minTimeout: 50, factor: 1 };

/** For a hidden field of a form that is to be carried out once, however often it is sent. */
export function newFormKey(): string {
  return randomUUID();
}

/**
 * Carries out what a form asks for, once: a double click, or going back and sending it again, gets the first answer.
 *
 * @param scope forms of different scopes do not meet
 * @param formKey as {@link newFormKey} drew it; anything else is no repetition of anything
 * @param payload what makes two forms the same
 * @throws Problem `idempotency_key_in_use` where the first takes too long
 * @throws Problem `idempotency_key_reused` where this form was carried out with another payload before
 */
export async function answerOnce<Answer>(
  services: Services,
  scope: string,
  formKey: string,
  payload: unknown,
  work: (unit: UnitOfWork) => Promise<Answer>,
): Promise<Answer> {
  const call = { key: Id.safeParse(formKey).data, scope, payload };
  const attempt = () => rememberAnswer(services, call, async (unit) => ({ status: 201, body: await work(unit) }));
  const { body } = await pRetry(attempt, { ...WAITS, shouldRetry: ({ error }) => isInUse(error) });
  return body as Answer;
}

function isInUse(error: unknown): boolean {
  return error instanceof Problem && error.code === 'idempotency_key_in_use';
}
