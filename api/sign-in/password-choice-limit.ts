import { RateLimiterRes } from 'rate-limiter-flexible';
import { passwordRefused } from '../password.ts';
import type { Problem } from '../problem.ts';
import type { Services } from '../services.ts';
import type { SignInArea } from '../sessions.ts';
import { hashed, rateLimiter } from './rate-limiter.ts';

/** New passwords judged for one account in a quarter of an hour: more than a person thinks of. */
const PER_ACCOUNT = { points: 30, duration: 900 };

/**
 * Counts that a new password of an account is to be judged, which takes CPU. To be called before it is judged.
 *
 * @throws Problem `password_refused` with status 429 and reason `too_many_passwords`
 */
export async function countPasswordChoice(
  { database }: Pick<Services, 'database'>,
  area: SignInArea,
  emailKey: string,
): Promise<void> {
  try {
    await rateLimiter(database, 'password-choice', PER_ACCOUNT).consume(hashed(`${area}/${emailKey}`));
  } catch (error) {
    if (!(error instanceof RateLimiterRes)) throw error;
    throw tooManyPasswords(Math.ceil(error.msBeforeNext / 1000));
  }
}

function tooManyPasswords(retryAfter: number): Problem {
  const detail = 'Too many new passwords were tried. Try again in a quarter of an hour.';
  return passwordRefused('too_many_passwords', detail, { status: 429, retryAfter });
}
