import { MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH } from '../password.ts';
import { Problem } from '../problem.ts';

/** What the partial `new-password-fields` prints: the limits, and why the last password was refused. */
export function newPasswordFields(refusal?: Problem): Record<string, unknown> {
  return { refused: refusal?.details.reason, minLength: MIN_PASSWORD_LENGTH, maxLength: MAX_PASSWORD_LENGTH };
}

/** The problem of a password that is not taken. Anything else is thrown again. */
export function passwordRefusalIn(error: unknown): Problem {
  if (error instanceof Problem && error.code === 'password_refused') return error;
  throw error;
}
