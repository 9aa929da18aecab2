import { DefaultLogger } from '@temporalio/worker';
import type { Logger } from 'pino';

/** Long enough for what is wrong; what follows is a stack trace. */
const MAX_FAILURE_LENGTH = 1_000;

/**
 * Writes the warnings and errors of Temporal's SDK to the worker's log, those of its core too. Of an error only the message is
 * kept: workflows and failures that reach Temporal hold ids and codes, no personal data, but the properties of an error might.
 */
export function temporalLogger(logger: Logger): DefaultLogger {
  return new DefaultLogger('WARN', ({ level, message, meta }) => {
    const failure = failureOf(meta?.error ?? meta?.failure);
    logger[level === 'WARN' ? 'warn' : 'error']({ ...meta, error: undefined, failure }, message);
  });
}

/** The core, which is written in Rust, hands its errors over as text. */
function failureOf(error: unknown): string | undefined {
  if (error === undefined) return undefined;
  const text = error instanceof Error ? error.message : String(error);
  return text.slice(0, MAX_FAILURE_LENGTH);
}
