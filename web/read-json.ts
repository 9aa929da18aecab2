import { isUtf8 } from 'node:buffer';
import { json, type Request, type RequestHandler } from 'express';
import { type FieldError, invalidFields } from '../vocabulary/refusal.ts';
import { fieldName } from './form-fields.ts';
import type { Sender } from './limit-request-bodies.ts';
import type { Services } from './services.ts';

/** Two hundred ids fit twenty times over. */
const BODY_LIMIT = 102_400;
/** Deeper than anything we take; what is deeper would exhaust the stack of whoever walks through it. */
const MAX_DEPTH = 10;

/**
 * Reads a JSON body of any declared type, strictly in UTF-8 (RFC 8259, section 8.1), and refuses what Postgres cannot
 * keep (NUL, half surrogates), what would reach the prototype, and what is nested beyond reason.
 */
export function readJson({ bodies }: Services): RequestHandler[] {
  const read = json({ limit: BODY_LIMIT, type: () => true, strict: true, verify: requireUtf8 });
  return [bodies.within(senderOf, read, BODY_LIMIT), refuseUnsafeValues];
}

/** {@link limitCalls} has looked the key up before. */
function senderOf({ res }: Request): Sender {
  return res?.locals.hasValidKey ? 'signed_in' : 'anonymous';
}

function requireUtf8(_request: unknown, _response: unknown, body: Buffer, encoding: string): void {
  if (encoding !== 'utf-8') throw Object.assign(new Error('Another encoding'), { status: 415 });
  if (!isUtf8(body)) throw Object.assign(new Error('Not UTF-8'), { status: 400 });
}

/** The same for a form that has been read. */
export const refuseUnsafeValues: RequestHandler = (request, _response, next) => {
  const errors = unsafeValuesIn(request.body, []);
  if (errors.length > 0) throw invalidFields(errors);
  next();
};

function unsafeValuesIn(value: unknown, path: PropertyKey[]): FieldError[] {
  const trap = (message: string) => [{ field: fieldName(path), message }];
  if (typeof value === 'string') return isStorable(value) ? [] : trap('must not hold NUL or half surrogates');
  if (typeof value !== 'object' || value === null) return [];
  if (path.length === MAX_DEPTH) return trap('is nested too deeply');
  if (Array.isArray(value)) return value.flatMap((item, index) => unsafeValuesIn(item, [...path, index]));
  return Object.entries(value).flatMap(([key, inner]) =>
    key === '__proto__' || !isStorable(key)
      ? trap('must not have a field of this name')
      : unsafeValuesIn(inner, [...path, key]),
  );
}

function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}
