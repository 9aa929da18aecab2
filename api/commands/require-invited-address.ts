import { emailKey } from '../../db/email-address.ts';
import { invalidFields } from '../problem.ts';
import type { Services } from '../services.ts';
import { countGuess } from '../sign-in/guess-limits.ts';
import type { LinkHolder } from './open-confirmation-link.ts';

/** An address that the holder of a link typed. */
export interface TypedAddress {
  email: string;
  /** Where it was typed, by `networkOf`. */
  network: string;
}

/**
 * Requires the address that a link was mailed to, which the link itself does not tell. Counts the attempt before it compares,
 * so that many at once are counted too.
 *
 * @throws Problem `invalid_request` where it is another address, `too_many_attempts`
 */
export async function requireInvitedAddress(
  { database }: Pick<Services, 'database'>,
  { user, contact, generation }: LinkHolder,
  { email, network }: TypedAddress,
): Promise<void> {
  const takeBack = await countGuess(database, { portalId: user.portal.id, portalUserId: user.id, generation }, network);
  if (emailKey(email.trim()) !== contact.emailKey) {
    throw invalidFields([{ field: 'email', message: 'must be the address that was invited' }]);
  }
  await takeBack();
}
