import { readConfirmationToken, verifyConfirmationToken } from '../../db/confirmation-token.ts';
import type { EntityManager } from '../../db/database.ts';
import { type Contact, type Portal, PortalUser } from '../../db/entities/index.ts';
import { isLinkExpired } from '../../db/is-link-expired.ts';
import { Problem } from '../problem.ts';
import type { Services } from '../services.ts';

/** Whom a confirmation link is for. Only from a token that we made. */
export interface LinkHolder {
  user: PortalUser;
  contact: Contact;
  portal: Portal;
  /** Generation of the link that was opened. */
  generation: number;
}

/** Reads a link without changing anything, whatever its state. @throws Problem `not_found` where we did not make it */
export async function openConfirmationLink(
  { linkKeys }: Services,
  em: EntityManager,
  token: string,
): Promise<LinkHolder> {
  const claims = readConfirmationToken(token);
  const user =
    claims &&
    (await em.findOne(PortalUser, claims.portalUserId, { populate: ['contact', 'portal'], strategy: 'joined' }));
  if (!user || !verifyConfirmationToken(linkKeys, token, user.linkSalt)) {
    throw new Problem('not_found', { detail: 'Open the link exactly as it is in the newest e-mail.' });
  }
  return {
    user,
    contact: user.contact.getEntity(),
    portal: user.portal.getEntity(),
    generation: claims!.generation,
  };
}

/** @throws Problem `already_confirmed`, or with 410 `deactivated`, `link_superseded`, `link_expired` */
export function requireUsableLink(holder: LinkHolder): void {
  const problem = problemOfLink(holder);
  if (problem !== undefined) throw problem;
}

/**
 * Requires the newest link, after it expired.
 *
 * @throws Problem `link_not_expired`, `already_confirmed`, or with 410 `deactivated`, `link_superseded`
 */
export function requireExpiredLink(holder: LinkHolder): void {
  const problem = problemOfLink(holder) ?? new Problem('link_not_expired');
  if (problem.code !== 'link_expired') throw problem;
}

function problemOfLink({ user, generation }: LinkHolder): Problem | undefined {
  if (user.confirmationStatus === 'confirmed') return new Problem('already_confirmed');
  if (user.confirmationStatus === 'deactivated') return new Problem('deactivated', { status: 410 });
  if (generation !== user.generation) return new Problem('link_superseded');
  if (isLinkExpired(user)) return new Problem('link_expired');
  return undefined;
}

/**
 * Whether the user confirmed by this link within the last minute: a form that is submitted twice is answered alike. Not for
 * longer, since a used link must not serve to guess the password.
 */
export function isJustUsed({ user, generation }: LinkHolder): boolean {
  return user.confirmationStatus === 'confirmed' && user.isJustConfirmed === true && generation === user.generation;
}
