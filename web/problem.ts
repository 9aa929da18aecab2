import type { Logger } from 'pino';
import { connectionFailure } from '../db/connection-failure.ts';
import { DeadLink, describeUnforeseen, Refusal, type RefusalCode } from '../vocabulary/refusal.ts';

/** Status of HTTP for each code. */
export const STATUSES: Record<RefusalCode, number> = {
  invalid_request: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  request_timeout: 408,
  already_confirmed: 409,
  not_confirmed: 409,
  deactivated: 409,
  portal_not_open: 403,
  operator_exists: 409,
  operator_active: 409,
  last_owner: 409,
  not_deactivated: 409,
  portal_user_exists: 409,
  contact_exists: 409,
  portal_exists: 409,
  idempotency_key_in_use: 409,
  link_not_expired: 409,
  link_superseded: 410,
  link_expired: 410,
  precondition_failed: 412,
  payload_too_large: 413,
  unsupported_media_type: 415,
  idempotency_key_reused: 422,
  password_not_accepted: 422,
  password_refused: 422,
  re_invite_too_soon: 429,
  re_invite_cap_reached: 429,
  rate_limited: 429,
  too_many_uploads: 429,
  too_many_attempts: 429,
  internal_error: 500,
  unavailable: 503,
};
/** Reasons whose status differs from that of their code. */
const STATUSES_OF_REASONS: Record<string, number> = { too_many_passwords: 429 };
const GONE = 410;
const RETRY_AFTER_SECONDS = 5;

/** What a caller is told of an error. What nobody foresaw is logged, without the values it quotes, and told as `internal_error`. */
export function toRefusal(error: unknown, logger: Logger): Refusal {
  if (error instanceof Refusal) return error;
  if (isDatabaseDown(error)) {
    return new Refusal('unavailable', {
      detail: 'The database cannot be used at the moment. Try again in a few seconds.',
      retryAfter: RETRY_AFTER_SECONDS,
    });
  }
  const { type, status } = error as { type?: string; status?: number };
  if (type === 'entity.too.large') return new Refusal('payload_too_large', { detail: 'Send at most 100 kB.' });
  if (status === 415) return new Refusal('unsupported_media_type', { detail: 'Send JSON in UTF-8.' });
  if (status !== undefined && status >= 400 && status < 500) {
    return new Refusal('invalid_request', {
      detail: 'The body must be well-formed JSON, the address well-formed UTF-8.',
    });
  }
  logger.error(describeUnforeseen(error), 'Unforeseen error');
  return new Refusal('internal_error');
}

/** Of the socket, before Postgres says anything. */
const SOCKET_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'ETIMEDOUT',
  'EPIPE',
  'ENETDOWN',
  'ENETUNREACH',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);
/**
 * PostgreSQL, appendix A: connection exceptions (but 08P01, a mistake of ours), transactions that failed because of each other
 * (class 40), insufficient resources (53: disk, memory, connections), shutting down, starting or gone (57P), a statement that
 * was cancelled or waited too long for a lock, a server that only reads (25006), its storage failing (58030).
 */
const SQL_STATES = /^(08(?!P)\w{3}|40001|40003|40P01|53\w{3}|57P0[1-5]|57014|55P03|25006|58030)$/;
/** What the driver says without a code. */
const DRIVER_MESSAGES =
  /Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|Cannot use a pool after/;

/** Whether an error, or what caused it, means that Postgres cannot be reached, or cannot do it just now. */
export function isDatabaseDown(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  if (typeof code === 'string' && (SOCKET_CODES.has(code) || SQL_STATES.test(code))) return true;
  if (DRIVER_MESSAGES.test(error.message) || connectionFailure(error) !== undefined) return true;
  const inner = error instanceof AggregateError ? error.errors : [error.cause];
  return inner.some(isDatabaseDown);
}

/** The HTTP status of a refusal. */
export function statusOf(refusal: Refusal): number {
  if (refusal instanceof DeadLink) return GONE;
  return STATUSES_OF_REASONS[refusal.details.reason ?? ''] ?? STATUSES[refusal.code];
}

/** The members of `application/problem+json` (RFC 9457). */
export function problemJson(refusal: Refusal) {
  const { code, title, details } = refusal;
  return { type: `urn:portal-invitations:problem:${code}`, title, code, ...details, status: statusOf(refusal) };
}
