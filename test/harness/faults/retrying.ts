import pRetry, { AbortError } from 'p-retry';

/** With the pauses between them, some minutes: a process that starts on a busy machine takes long. */
const RETRIES = 600;
const PAUSE_MS = 200;
/** Conflicts and limits may pass. */
const RETRIED_REFUSALS = [409, 429];

/**
 * Makes a call until its status is one of `expected`, as a client does that retries what failed. Adds each status, or the error
 * code of the connection, to `seen`.
 * @throws Error with the response when it is a refusal that a retry cannot change
 */
export function retrying<Answer extends { status: number }>(
  call: () => Promise<Answer>,
  expected: number[],
  seen: (string | number)[],
): Promise<Answer> {
  return pRetry(
    async () => {
      const answer = await call().catch((error: Error & { cause?: { code?: string } }) => {
        seen.push(error.cause?.code ?? error.name);
        throw new Error(error.message, { cause: error }); // of a TypeError p-retry makes no second attempt
      });
      const { status } = answer;
      seen.push(status);
      if (expected.includes(status)) return answer;
      const text = `${status} ${'body' in answer ? JSON.stringify(answer.body) : ''}`;
      const final = status >= 400 && status < 500 && !RETRIED_REFUSALS.includes(status);
      throw final ? new AbortError(text) : new Error(text);
    },
    { retries: RETRIES, minTimeout: PAUSE_MS, factor: 1, randomize: true },
  );
}
