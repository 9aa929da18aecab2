import { json, type RequestHandler } from 'express';

/** Two hundred ids fit twenty times over. */
const BODY_LIMIT = '100kb';

/**
 * Reads a JSON body strictly: of any declared type, refusing what Postgres cannot keep (NUL, half surrogates) and what
 * would reach the prototype.
 */
export function readJson(): RequestHandler {
  return json({ limit: BODY_LIMIT, type: () => true, strict: true, reviver: refuseTraps });
}

function refuseTraps(key: string, value: unknown): unknown {
  if (key === '__proto__' || !isStorable(key) || (typeof value === 'string' && !isStorable(value))) {
    throw new SyntaxError('Refused');
  }
  return value;
}

function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}
