/**
 * The secrets of the links that operators are mailed, by {@link linkToken}. One that accepts a membership dies with its
 * generation, and with the membership; one to a new password dies with the password that it replaces.
 */
import type { LinkKeys } from './link-keys.ts';
import { linkToken, readLinkToken, verifyLinkToken } from './link-token.ts';

/** A membership's row, as far as its link depends on it. */
interface Membership {
  id: string;
  linkSalt: Uint8Array;
}

/** Whose password is to be replaced. */
interface PasswordHolder {
  id: string;
  passwordHash: string;
}

/** The token of the link that accepts a membership: 71 characters, the same for the same arguments. */
export function operatorInvitationToken(keys: LinkKeys, { id, linkSalt }: Membership, generation: number): string {
  return linkToken(keys, 'operator-invitation-link', { subjectId: id, number: generation }, linkSalt);
}

/** Which membership a token claims to accept, unverified; undefined where the text cannot be a token. */
export function readOperatorInvitationToken(text: string): { membershipId: string; generation: number } | undefined {
  const claims = readLinkToken(text);
  return claims && { membershipId: claims.subjectId, generation: claims.number };
}

/** Whether a token that {@link readOperatorInvitationToken} could read was made by us for this membership. */
export function verifyOperatorInvitationToken(keys: LinkKeys, text: string, { linkSalt }: Membership): boolean {
  return verifyLinkToken(keys, 'operator-invitation-link', text, linkSalt);
}

/** The token of an operator's link to a new password that is good until `end`. `readPasswordResetToken` reads it. */
export function operatorPasswordResetToken(keys: LinkKeys, { id, passwordHash }: PasswordHolder, end: Date): string {
  const claims = { subjectId: id, number: end.getTime() / 1000 };
  return linkToken(keys, 'operator-password-reset-link', claims, passwordHash);
}

/** Whether a token was made by us to replace this very password. */
export function verifyOperatorPasswordResetToken(keys: LinkKeys, text: string, holder: PasswordHolder): boolean {
  return verifyLinkToken(keys, 'operator-password-reset-link', text, holder.passwordHash);
}
