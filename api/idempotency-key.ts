import type { Request } from 'express';
import { invalidFields } from './problem.ts';

/** An RFC 8941 string, as the draft has it (`"8e03978e"`), or the same without quotes, as many clients send it. */
const KEY = /^(?:"([\x20\x21\x23-\x5b\x5d-\x7e]{1,255})"|([\x21\x23-\x7e]{1,255}))$/;

/** The call's Idempotency-Key. @throws Problem `invalid_request` where it is not one */
export function idempotencyKeyOf(request: Request): string | undefined {
  const header = request.get('Idempotency-Key');
  if (header === undefined) return undefined;
  const match = KEY.exec(header);
  if (match === null) {
    throw invalidFields([
      { field: 'Idempotency-Key', message: 'must be a string of 1 to 255 visible ASCII characters' },
    ]);
  }
  return match[1] ?? match[2];
}
