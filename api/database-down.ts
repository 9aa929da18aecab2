import { connectionFailure } from '../db/connection-failure.ts';

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
