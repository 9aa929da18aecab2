import type { Response } from 'express';
import { MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH } from '../password.ts';
import { Problem } from '../problem.ts';

/** What the partial `new-password-fields` prints: the limits, and why the last password was refused. */
export function newPasswordFields(refusal?: Problem): Record<string, unknown> {
  return { refused: refusal?.details.reason, minLength: MIN_PASSWORD_LENGTH, maxLength: MAX_PASSWORD_LENGTH };
}

/** The status of a form that is shown again, or for the first time. Sets Retry-After where it says when to try again. */
export function formStatus(response: Response, problem?: Problem): number {
  const retryAfter = problem?.details.retryAfter;
  if (retryAfter !== undefined) response.set('Retry-After', String(retryAfter));
  return problem?.status ?? 200;
}

/** The problem of a password that is not taken. Anything else is thrown again. */
export function passwordRefusalIn(error: unknown): Problem {
  if (error instanceof Problem && error.code === 'password_refused') return error;
  throw error;
}
