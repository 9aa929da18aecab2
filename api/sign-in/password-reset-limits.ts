import type { Request } from 'express';
import { RateLimiterRes } from 'rate-limiter-flexible';
import type { Services } from '../services.ts';
import type { SignInArea } from '../sessions.ts';
import { countByNetwork } from './count-by-network.ts';
import { hashed, rateLimiter } from './rate-limiter.ts';

/** E-mails to one address in a quarter of an hour, whoever asks for them: enough for who does not find the first. */
const PER_ADDRESS = { points: 3, duration: 900 };
/** Reset requests from one network at one portal in a quarter of an hour, whichever addresses they name. */
const PER_NETWORK = { points: 50, duration: 900 };

/** Counts that somebody asks for a new password, and says whether that may go on: nobody's mailbox is to be flooded. */
export async function mayAskForPassword(
  { database }: Services,
  request: Request,
  area: SignInArea,
  emailKey: string,
): Promise<boolean> {
  try {
    const perNetwork = rateLimiter(database, 'password-network', PER_NETWORK);
    if ((await countByNetwork(perNetwork, area, request.ip)).consumed > PER_NETWORK.points) return false;
    await rateLimiter(database, 'password', PER_ADDRESS).consume(hashed(`${area}/${emailKey}`));
    return true;
  } catch (error) {
    if (!(error instanceof RateLimiterRes)) throw error;
    return false;
  }
}
