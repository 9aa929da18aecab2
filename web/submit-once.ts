import { randomUUID } from 'node:crypto';
import pRetry from 'p-retry';
import type { UnitOfWork } from '../commands/transaction.ts';
import { Id } from '../schemas/text.ts';
import { Refusal, type RefusalCode } from '../vocabulary/refusal.ts';
import { rememberResponse } from './idempotency.ts';
import type { Services } from './services.ts';

/** The second of a double click waits this often for the first, which takes some milliseconds. */
const WAITS = { retries: 20, minTimeout: 50, factor: 1 };

/** For a hidden field of a form that is to be carried out once, however often it is sent. */
export function newFormKey(): string {
  return randomUUID();
}

/** In words for the person at the form; the console shows them as they are. */
const DETAILS: Partial<Record<RefusalCode, string>> = {
  idempotency_key_in_use:
    'This form is being carried out at this moment. See what came of it before you send it again.',
  idempotency_key_reused:
    'This form was sent before with something else in it, which was done. Send it once more to do this, too.',
};

/**
 * Carries out what a form asks for, once: a double click, or going back and sending it again, gets the first result.
 *
 * @param scope forms of different scopes do not meet
 * @param formKey as {@link newFormKey} drew it; anything else is no repetition of anything
 * @param payload what makes two forms the same
 * @throws Refusal `idempotency_key_in_use` where the first takes too long
 * @throws Refusal `idempotency_key_reused` where this form was carried out with another payload before
 */
export async function submitOnce<Result>(
  services: Services,
  scope: string,
  formKey: string,
  payload: unknown,
  work: (unit: UnitOfWork) => Promise<Result>,
): Promise<Result> {
  const call = { key: Id.safeParse(formKey).data, scope, payload };
  const attempt = () => rememberResponse(services, call, async (unit) => ({ status: 201, body: await work(unit) }));
  try {
    const { body } = await pRetry(attempt, { ...WAITS, shouldRetry: ({ error }) => isInUse(error) });
    return body as Result;
  } catch (error) {
    const detail = error instanceof Refusal && DETAILS[error.code];
    throw detail ? new Refusal(error.code, { detail }) : error;
  }
}

function isInUse(error: unknown): boolean {
  return error instanceof Refusal && error.code === 'idempotency_key_in_use';
}
