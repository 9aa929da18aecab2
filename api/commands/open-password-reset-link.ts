import { type Portal, PortalUser } from '../../db/entities/index.ts';
import { readPasswordResetToken, verifyPasswordResetToken } from '../../db/password-reset-token.ts';
import { readClock } from '../../db/queries/read-clock.ts';
import type { Services } from '../services.ts';

/**
 * Whose password a link replaces, with contact, portal and password loaded. Null where the link is not one of ours, of
 * another portal, too old or used, and where the portal user is not confirmed (any more). Changes nothing.
 */
export async function openPasswordResetLink(
  { database, linkKeys }: Services,
  portal: Portal,
  token: string,
): Promise<PortalUser | null> {
  const em = database.em.fork();
  const id = readPasswordResetToken(token, await readClock(em));
  if (id === undefined) return null;
  const mayBeHere = { id, portal: portal.id, confirmationStatus: 'confirmed' } as const;
  const populate = ['contact', 'portal', 'passwordHash'] as const;
  const user = await em.findOne(PortalUser, mayBeHere, { populate, strategy: 'joined' });
  return user !== null && verifyPasswordResetToken(linkKeys, token, user) ? (user as unknown as PortalUser) : null;
}
