import { MAX_PASSWORD_LENGTH } from '../password.ts';
import { typedFields } from '../typed-fields.ts';

/** In UTF-16 units: a character takes two at the most. What is longer is no password of ours. */
const MAX_FIELD_LENGTH = 2 * MAX_PASSWORD_LENGTH;

/** Address and password as they were typed into a form to sign in. */
export function signInFields(body: unknown): { email: string; password: string } {
  const { email, password } = typedFields(body, ['email', 'password']);
  return { email: email.slice(0, MAX_FIELD_LENGTH), password: password.slice(0, MAX_FIELD_LENGTH) };
}
