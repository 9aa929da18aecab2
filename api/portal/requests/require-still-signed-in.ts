import type { Request } from 'express';
import type { EntityManager } from '../../../db/database.ts';
import { type Portal, Session } from '../../../db/entities/index.ts';
import { requireConfirmed } from '../../commands/require-confirmed.ts';
import { Problem } from '../../problem.ts';
import { hashSessionId } from '../../session-store.ts';

/**
 * An upload takes its time: whoever was deactivated or signed out meanwhile adds nothing any more. Nor can they be, from here to
 * the end of the transaction.
 *
 * @throws Problem `unauthorized`
 */
export async function requireStillSignedIn(
  em: EntityManager,
  { sessionID }: Request,
  portal: Portal,
  portalUserId: string,
): Promise<void> {
  const isConfirmed = await requireConfirmed(em, portal, portalUserId).then(
    () => true,
    (error) => {
      if (error instanceof Problem) return false;
      throw error;
    },
  );
  const sessionIsThere = (await em.count(Session, { secretHash: hashSessionId(sessionID) })) > 0;
  if (!isConfirmed || !sessionIsThere) throw new Problem('unauthorized');
}
