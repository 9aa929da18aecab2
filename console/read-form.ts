import type { z } from 'zod';
import { invalidFields, Refusal } from '../vocabulary/refusal.ts';
import { fieldErrors } from '../web/form-fields.ts';

/** What is wrong with a form, by field, to stand beside it; under `form` what concerns all of it. */
export type FormErrors = Record<string, string>;

/** A form's fields by the schema that the JSON API validates with. @throws Refusal `invalid_request` with what is wrong by field */
export function readForm<Schema extends z.ZodType>(schema: Schema, fields: unknown): z.output<Schema> {
  const result = schema.safeParse(fields);
  if (result.success) return result.data;
  throw invalidFields(fieldErrors(result.error.issues, ''));
}

/** What a form says that was sent before: {@link submitOnce}. */
const PLACES: Places = { idempotency_key_in_use: 'form', idempotency_key_reused: 'form' };
type Places = Partial<Record<Refusal['code'], string>>;

/**
 * What a refused form says beside its fields. Anything that is not about the form is thrown again.
 *
 * @param places the field that a problem without fields of its own belongs to: `{ portal_user_exists: 'email' }`
 */
export function formErrors(error: unknown, places: Places = {}): FormErrors {
  if (!(error instanceof Refusal)) throw error;
  const { errors } = error.details;
  if (errors !== undefined) {
    return Object.fromEntries(errors.toReversed().map(({ field, message }) => [field, sentence(message)]));
  }
  const place = { ...PLACES, ...places }[error.code];
  if (place === undefined) throw error;
  return { [place]: error.message };
}

/** "must not be empty" beside its field. */
function sentence(message: string): string {
  return message.charAt(0).toUpperCase() + message.slice(1);
}

/** The fields of an address or a form in which something was typed: what is left empty is not asked for. */
export function filledFields(fields: Record<string, unknown>): Record<string, unknown> {
  const filled = Object.entries(fields).filter(([, value]) => typeof value !== 'string' || value.trim() !== '');
  return Object.fromEntries(filled);
}

/** The address of a list's view: what is undefined is not asked for. */
export function viewAddress(path: string, view: Record<string, string | undefined>): string {
  const fields = Object.entries(view).filter((field): field is [string, string] => field[1] !== undefined);
  const query = new URLSearchParams(fields);
  return `${path}${query.size > 0 ? `?${query}` : ''}`;
}
