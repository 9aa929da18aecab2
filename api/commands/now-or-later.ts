import type { PortalUser } from '../../db/entities/index.ts';
import { Problem } from '../problem.ts';
import type { Services } from '../services.ts';

/**
 * Tells Temporal of something that is committed already. Where it is down the call succeeds all the same: the row says
 * that an e-mail is due, and the housekeeping sees to it when Temporal is back.
 */
export async function nowOrLater({ logger }: Services, user: PortalUser, tell: () => Promise<void>): Promise<void> {
  try {
    await tell();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    logger.warn({ portalUserId: user.id }, 'Temporal is down: the invitation e-mail goes out when it is back');
  }
}
