import { emailKey } from '../../db/email-address.ts';
import { invalidFields } from '../problem.ts';
import type { Services } from '../services.ts';
import { guessAddress } from '../sign-in/guess-limits.ts';
import type { LinkHolder } from './open-confirmation-link.ts';

/** An address that the holder of a link typed. */
export interface TypedAddress {
  email: string;
  /** Where it was typed, by `networkOf`. */
  network: string;
}

/**
 * Requires the address that a link was mailed to, which the link itself does not tell. Wrong ones are counted and limited, also many at
 * once.
 *
 * @throws Problem `invalid_request` where it is another address, `too_many_attempts`
 */
export async function requireInvitedAddress(
  { database }: Pick<Services, 'database'>,
  { user, contact, generation }: LinkHolder,
  { email, network }: TypedAddress,
): Promise<void> {
  const link = { portalId: user.portal.id, portalUserId: user.id, generation };
  const isRight = await guessAddress(database, link, network, () => emailKey(email.trim()) === contact.emailKey);
  if (!isRight) throw invalidFields([{ field: 'email', message: 'must be the address that was invited' }]);
}
