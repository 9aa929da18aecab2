import { type Client, isGrpcServiceError } from '@temporalio/client';
import { Problem } from './problem.ts';

/** Temporal has this long to take a start or a signal: a call answers 503 within 2 s. */
const TAKE_DEADLINE_MS = 1_000;
const RETRY_AFTER_SECONDS = 5;
/** gRPC's CANCELLED, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED and UNAVAILABLE: no answer, or none just now. */
const DOWN_CODES = new Set([1, 4, 8, 14]);

/**
 * Starts or signals a workflow, or fails within a second: a call never waits for a server that is gone.
 *
 * @throws Problem `unavailable` where Temporal has not answered: it may have received the call all the same
 */
export async function taken<T>(client: Client, call: () => Promise<T>): Promise<T> {
  try {
    return await client.withDeadline(Date.now() + TAKE_DEADLINE_MS, call);
  } catch (error) {
    if (!isTemporalDown(error)) throw error;
    throw new Problem('unavailable', {
      detail:
        'Temporal does not answer at the moment. The request may be carried out all the same: check the result before you repeat it.',
      retryAfter: RETRY_AFTER_SECONDS,
    });
  }
}

/** Whether an error means that Temporal cannot be reached. */
export function isTemporalDown(error: unknown): boolean {
  const cause = (error as Error).cause ?? error;
  return isGrpcServiceError(cause) && DOWN_CODES.has(cause.code);
}
