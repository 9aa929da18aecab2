import type { Logger } from 'pino';
import { isDatabaseDown } from './database-down.ts';
import { Problem } from './problem.ts';

const RETRY_AFTER_SECONDS = 5;

/** What a caller is told of an error. What nobody foresaw is logged, without the values it quotes, and told as `internal_error`. */
export function problemOf(error: unknown, logger: Logger): Problem {
  if (error instanceof Problem) return error;
  if (isDatabaseDown(error)) {
    return new Problem('unavailable', {
      detail: 'The database cannot be used at the moment. Try again in a few seconds.',
      retryAfter: RETRY_AFTER_SECONDS,
    });
  }
  const { type, status } = error as { type?: string; status?: number };
  if (type === 'entity.too.large') return new Problem('payload_too_large', { detail: 'Send at most 100 kB.' });
  if (status === 415) return new Problem('unsupported_media_type', { detail: 'Send JSON in UTF-8.' });
  if (status !== undefined && status >= 400 && status < 500) {
    return new Problem('invalid_request', {
      detail: 'The body must be well-formed JSON, the address well-formed UTF-8.',
    });
  }
  logger.error(describeUnforeseen(error), 'Unforeseen error');
  return new Problem('internal_error');
}

/** Where it happened, not with which values: a database error's message quotes them. */
export function describeUnforeseen(error: unknown) {
  const { name, code, stack } = error as { name?: string; code?: string; stack?: string };
  return { error: name, code, at: stack?.split('\n').filter((line) => line.startsWith('    at ')) };
}
