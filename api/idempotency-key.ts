import type { Request } from 'express';
import { parseItem } from 'structured-headers';
import { invalidFields } from '../vocabulary/refusal.ts';

/** Every parser of RFC 9651 supports strings of this length (section 3.3.3). Only a hash of the key is stored. */
const MAX_KEY_LENGTH = 1_024;
/** Visible ASCII without quotes, as many clients send a UUID. */
const BARE_KEY = /^[\x21\x23-\x7e]+$/;

/**
 * The call's Idempotency-Key: a string of RFC 9651 (`"8e03978e"`), as draft-ietf-httpapi-idempotency-key-header-07 requires,
 * or the same without quotes. An empty key is refused: it is a client's variable that was never set.
 *
 * @throws Refusal `invalid_request` for any other value
 */
export function idempotencyKeyOf(request: Request): string | undefined {
  const header = request.get('Idempotency-Key');
  if (header === undefined) return undefined;
  const key = header.startsWith('"') ? parseString(header) : BARE_KEY.exec(header)?.[0];
  if (key === undefined || key.length === 0 || key.length > MAX_KEY_LENGTH) {
    throw invalidFields([
      { field: 'Idempotency-Key', message: `must be a string of 1 to ${MAX_KEY_LENGTH} ASCII characters` },
    ]);
  }
  return key;
}

/** Parameters after the string are ignored, as the draft defines none. */
function parseString(header: string): string | undefined {
  try {
    const [value] = parseItem(header);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
