import { RateLimiterRes } from 'rate-limiter-flexible';
import type { Database } from '../../db/database.ts';
import { Refusal } from '../../vocabulary/refusal.ts';
import { passwordProblem } from '../passwords/password.ts';
import type { CommandServices } from '../services.ts';
import { oneAtATimeByKey } from '../work-queue.ts';
import { hashed, rateLimiter, type SignInArea } from './rate-limiter.ts';

/** Wrong addresses typed to one link from one network, in a quarter of an hour. */
const PER_LINK_AND_NETWORK = { points: 10, duration: 900 };
/** Wrong addresses typed to one link from everywhere, in an hour: more than one network alone can use up. */
const PER_LINK = { points: 50, duration: 3_600 };
/** Wrong addresses typed in one network to whichever links of one portal, in a quarter of an hour. */
const PER_NETWORK = { points: 100, duration: 900 };

/** Of this process, by link. */
const guesses = oneAtATimeByKey();

/**
 * Compares one guess at the address that a link was mailed to. A holder of the link who guesses from another network leaves the
 * invitee their own attempts, and every limit is over after an hour. A right guess costs reads only: wrong ones are counted after the
 * comparison, which is safe since a process compares one guess at a link at a time. Of several API processes each may let one more
 * guess through than the limits say.
 *
 * @returns whether it was right
 * @throws Refusal `too_many_attempts`
 */
export async function guessAddress(
  database: Database,
  { portalId, portalUserId, generation }: { portalId: string; portalUserId: string; generation: number },
  network: string,
  isRight: () => boolean,
): Promise<boolean> {
  const link = `${portalUserId}/${generation}`;
  const counts = [
    { limiter: rateLimiter(database, 'guess', PER_LINK_AND_NETWORK), key: hashed(`${link}/${network}`) },
    { limiter: rateLimiter(database, 'guess-network', PER_NETWORK), key: hashed(`${portalId}/${network}`) },
    { limiter: rateLimiter(database, 'guess-link', PER_LINK), key: hashed(link) },
  ];

  return guesses(link, async () => {
    for (const { limiter, key } of counts) {
      const count = await limiter.get(key);
      if (count !== null && count.consumedPoints >= limiter.points) throw tooMany(count.msBeforeNext);
    }
    if (isRight()) return true;
    for (const { limiter, key } of counts) await limiter.penalty(key);
    return false;
  });
}

function tooMany(msBeforeNext: number): Refusal {
  const retryAfter = Math.max(1, Math.ceil(msBeforeNext / 1000));
  const minutes = Math.ceil(retryAfter / 60);
  const detail = `Too many wrong addresses were sent. Try again in ${minutes === 1 ? '1 minute' : `${minutes} minutes`}.`;
  return new Refusal('too_many_attempts', { detail, retryAfter });
}

/** New passwords judged for one account in a quarter of an hour: more than a person thinks of. */
const PER_ACCOUNT = { points: 30, duration: 900 };

/**
 * Counts that a new password of an account is to be judged, which takes CPU. To be called before it is judged.
 *
 * @throws Refusal `password_refused` with reason `too_many_passwords`
 */
export async function countPasswordChoice(
  { database }: Pick<CommandServices, 'database'>,
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

function tooManyPasswords(retryAfter: number): Refusal {
  const detail = 'Too many new passwords were tried. Try again in a quarter of an hour.';
  return passwordProblem('too_many_passwords', detail, { retryAfter });
}
