import type { z } from 'zod';
import { fieldErrors } from '../field-errors.ts';
import { invalidFields, Problem } from '../problem.ts';

/** What is wrong with a form, by field, to stand beside it; under `form` what concerns all of it. */
export type FormErrors = Record<string, string>;

/** A form's fields by the schema that the JSON API validates with. @throws Problem `invalid_request` with what is wrong by field */
export function readForm<Schema extends z.ZodType>(schema: Schema, fields: unknown): z.output<Schema> {
  const result = schema.safeParse(fields);
  if (result.success) return result.data;
  throw invalidFields(fieldErrors(result.error.issues, ''));
}

/**
 * What a refused form says beside its fields. Anything that is not about the form is thrown again.
 *
 * @param places the field that a problem without fields of its own belongs to: `{ portal_user_exists: 'email' }`
 */
export function formErrors(error: unknown, places: Partial<Record<Problem['code'], string>> = {}): FormErrors {
  if (!(error instanceof Problem)) throw error;
  const { errors } = error.details;
  if (errors !== undefined) {
    return Object.fromEntries(errors.toReversed().map(({ field, message }) => [field, sentence(message)]));
  }
  const place = places[error.code];
  if (place === undefined) throw error;
  return { [place]: error.message };
}

/** "must not be empty" beside its field. */
function sentence(message: string): string {
  return message.charAt(0).toUpperCase() + message.slice(1);
}
