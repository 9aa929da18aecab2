import type { Database } from '../../db/database.ts';
import { type Contact, type Portal, PortalUser } from '../../db/entities/index.ts';
import { readConfirmationToken, verifyConfirmationToken } from '../../links/confirmation-token.ts';
import { emailKey } from '../../vocabulary/email-address.ts';
import { DeadLink, type DeadLinkReason, invalidFields, Refusal } from '../../vocabulary/refusal.ts';
import type { CommandServices } from '../services.ts';
import { guessAddress } from '../sign-in/guess-limits.ts';

/** A confirmation link, with its portal user as they were when the link was read. */
export interface ConfirmationLink {
  user: PortalUser;
  contact: Contact;
  portal: Portal;
  /** Of the link, not of the user. */
  generation: number;
  state: LinkState;
}

/**
 * What a link can be used for. `just_used`: its user confirmed by it within the last minute, so that the second request of a
 * double click gets the response of the first one. Not for longer, since a used link must not serve to guess the password.
 */
export type LinkState = 'usable' | 'just_used' | 'already_confirmed' | DeadLinkReason;

/** Reads a link, whatever its state, and changes nothing. @throws Refusal `not_found` for a token that is not one of ours */
export async function openConfirmationLink(
  { database, linkKeys }: Pick<CommandServices, 'database' | 'linkKeys'>,
  token: string,
): Promise<ConfirmationLink> {
  const claims = readConfirmationToken(token);
  const user = claims && (await readUser(database, claims.portalUserId));
  if (!user || !verifyConfirmationToken(linkKeys, token, user.linkSalt)) {
    throw new Refusal('not_found', { detail: 'Open the link exactly as it is in the newest e-mail.' });
  }
  return linkOf(user, claims!.generation);
}

/** The same link as it is now, with the user's password loaded. @throws Refusal `not_found` where the portal user was erased */
export async function readLinkAgain(
  { database }: Pick<CommandServices, 'database'>,
  { user: { id }, generation }: ConfirmationLink,
): Promise<ConfirmationLink> {
  const user = await readUser(database, id, ['passwordHash']);
  if (user === null) throw new Refusal('not_found');
  return linkOf(user, generation);
}

async function readUser(database: Database, id: string, more: 'passwordHash'[] = []): Promise<PortalUser | null> {
  const populate = ['contact', 'portal', ...more] as const;
  return (await database.em.fork().findOne(PortalUser, id, { populate, strategy: 'joined' })) as PortalUser | null;
}

function linkOf(user: PortalUser, generation: number): ConfirmationLink {
  const [contact, portal] = [user.contact.getEntity(), user.portal.getEntity()];
  return { user, contact, portal, generation, state: stateOf(user, generation) };
}

function stateOf(user: PortalUser, generation: number): LinkState {
  const isNewest = generation === user.generation;
  if (user.confirmationStatus === 'confirmed') {
    return isNewest && user.isJustConfirmed === true ? 'just_used' : 'already_confirmed';
  }
  if (user.confirmationStatus === 'deactivated') return 'deactivated';
  if (!isNewest) return 'link_superseded';
  return user.linkExpiry === 'expired' ? 'link_expired' : 'usable';
}

/**
 * The one place that decides whether a link may be used for something.
 *
 * @param allowed states in which it may
 * @throws Refusal `already_confirmed`, `link_not_expired`, or with 410 `deactivated`, `link_superseded`, `link_expired`
 */
export function requireLinkState({ state }: ConfirmationLink, ...allowed: LinkState[]): void {
  if (allowed.includes(state)) return;
  if (state === 'usable') throw new Refusal('link_not_expired');
  if (state === 'just_used' || state === 'already_confirmed') throw new Refusal('already_confirmed');
  throw new DeadLink(state);
}

/** An address that the holder of a link typed. */
export interface AddressGuess {
  email: string;
  /** From which it was sent, as `networkOf` names it. */
  network: string;
}

/**
 * Requires the address that a link was mailed to, which the link itself does not tell. Wrong addresses are counted and limited,
 * also in concurrent requests.
 *
 * @throws Refusal `invalid_request` for another address, `too_many_attempts`
 */
export async function requireInvitedAddress(
  { database }: Pick<CommandServices, 'database'>,
  { user, contact, portal, generation }: ConfirmationLink,
  { email, network }: AddressGuess,
): Promise<void> {
  const link = { portalId: portal.id, portalUserId: user.id, generation };
  const isRight = await guessAddress(database, link, network, () => emailKey(email.trim()) === contact.emailKey);
  if (!isRight) throw invalidFields([{ field: 'email', message: 'must be the address that was invited' }]);
}
