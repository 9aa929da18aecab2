import { connectionFailure } from '../db/connection-failure.ts';

/** Of the socket, before Postgres says anything. */
const SOCKET_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE', 'ENOTFOUND', 'EHOSTUNREACH']);
/** Statements that waited too long or for each other. Connection exceptions, server shutting down or starting, too many connections (PostgreSQL, appendix A). 08P01 is a mistake of ours. */
const SQL_STATES = /^(08(?!P)\w{3}|57P0[123]|53300|57014|55P03|40P01)$/;
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
