import { raw } from '@mikro-orm/postgresql';
import type { EntityManager } from '../../db/database.ts';
import { readClock } from '../../db/database.ts';
import { Operator, type Portal, PortalOperator } from '../../db/entities/index.ts';
import { recordPortalEvent } from '../../db/events.ts';
import { lockOperatorsOf } from '../../db/locks.ts';
import { readOperatorInvitationToken, verifyOperatorInvitationToken } from '../../links/operator-link-token.ts';
import type { OwnPassword } from '../../schemas/operator.ts';
import { invalidFields } from '../../vocabulary/refusal.ts';
import { accountOfOperator, type NewPassword, requireGoodNewPassword } from '../passwords/new-password.ts';
import { hashNewOperatorPassword, replaceOperatorPassword } from '../passwords/operator-password.ts';
import { verifyPassword } from '../passwords/password.ts';
import type { CommandServices } from '../services.ts';
import { type SignInOrigin, signInLimits } from '../sign-in/sign-in-limits.ts';
import { inTransaction } from '../transaction.ts';

/** A pending membership that an operator accepts by a mailed link. */
export interface OperatorInvitation {
  membership: PortalOperator;
  portal: Portal;
  /** With the password loaded. */
  operator: Operator;
  /**
   * Whether the operator must choose a password to accept. Only a password that they chose themselves is enough: any other one is
   * known to somebody else, such as the owner who was shown it.
   */
  needsNewPassword: boolean;
}

/**
 * Reads an operator's link and changes nothing. Null for a link that is not one of ours, was used, has expired or was replaced,
 * and for an operator who was removed.
 */
export async function openOperatorInvitation(
  { database, linkKeys }: CommandServices,
  token: string,
): Promise<OperatorInvitation | null> {
  const claims = readOperatorInvitationToken(token);
  if (claims === undefined) return null;
  const populate = ['operator.passwordHash', 'portal'] as const;
  const em = database.em.fork();
  const where = pendingWith(claims.membershipId, claims.generation, await readClock(em));
  const found = await em.findOne(PortalOperator, where, { populate, strategy: 'joined' });
  const membership = found as PortalOperator | null;
  if (membership === null || !verifyOperatorInvitationToken(linkKeys, token, membership)) return null;
  const operator = membership.operator.getEntity();
  const needsNewPassword = operator.passwordSetBy !== 'self';
  return { membership, portal: membership.portal.getEntity(), operator, needsNewPassword };
}

/**
 * Makes a pending membership active for an operator who types a new password, or their own where they have chosen it themselves.
 *
 * @param origin of the request: wrong passwords are limited like failed sign-ins, also for the holder of a link
 * @returns false where the link was used or the password replaced a moment ago: nothing is changed then
 * @throws Refusal `password_refused`, `unavailable`
 * @throws Refusal `invalid_request` where the operator's own password is wrong, `too_many_attempts`
 */
export async function acceptOperatorInvitation(
  services: CommandServices,
  invitation: OperatorInvitation,
  origin: SignInOrigin,
  { currentPassword, ...typed }: OwnPassword,
): Promise<boolean> {
  if (invitation.needsNewPassword) {
    return activateMembership(services, invitation, await hashChosenPassword(services, invitation, typed));
  }
  await requireOwnPassword(services, invitation, origin, currentPassword);
  return activateMembership(services, invitation, undefined);
}

async function hashChosenPassword(
  services: CommandServices,
  { membership, portal, operator }: OperatorInvitation,
  typed: NewPassword,
): Promise<string> {
  await requireGoodNewPassword(services, accountOfOperator(operator, [membership.name, portal.name]), typed);
  return hashNewOperatorPassword(typed.password, operator.passwordHash ?? null);
}

async function requireOwnPassword(
  services: CommandServices,
  { operator }: OperatorInvitation,
  origin: SignInOrigin,
  password: string,
): Promise<void> {
  const isTheirs = await signInLimits(services, 'console').attempt(origin, operator.emailKey, async () =>
    (await verifyPassword(password, operator.passwordHash)) ? true : null,
  );
  if (isTheirs === null) throw invalidFields([{ field: 'currentPassword', message: 'this is not your password' }]);
}

/** @param newHash of the password that was chosen; undefined where the operator typed the loaded one */
async function activateMembership(
  services: CommandServices,
  { membership: { id, generation, email }, portal, operator }: OperatorInvitation,
  newHash: string | undefined,
): Promise<boolean> {
  return inTransaction(services.database, async (unit) => {
    const { em } = unit;
    await lockOperatorsOf(em, portal.id); // as every change of a membership does
    if ((await em.count(PortalOperator, pendingWith(id, generation, await readClock(em)))) === 0) return false;
    const owner = { id: operator.id, email: operator.email, passwordHash: operator.passwordHash ?? null };
    const isTheirs =
      newHash === undefined
        ? await lockPassword(em, owner)
        : await replaceOperatorPassword(unit, services, owner, newHash, 'link');
    if (!isTheirs) return false;
    await em.nativeUpdate(PortalOperator, { id }, { acceptedAt: raw<Date>('now()') });
    await em.nativeUpdate(Operator, { id: operator.id }, { email }); // the spelling that was proved by the link
    const actor = `operator/${operator.id}` as const;
    recordPortalEvent(em, portal, { type: 'operator_accepted', actor, data: { operatorId: operator.id } });
    return true;
  });
}

/** The membership that a link of this generation can still accept. */
function pendingWith(id: string, generation: number, now: Date) {
  return { id, generation, acceptedAt: null, linkExpiresAt: { $gt: now } };
}

/** Whether the password is still the one that was typed, and stays so until the transaction ends. */
async function lockPassword(em: EntityManager, { id, passwordHash }: { id: string; passwordHash: string | null }) {
  const rows = await em.execute<object[]>(
    `select id from operators where id = ? and password_hash = ? and password_set_by = 'self' for share`,
    [id, passwordHash],
  );
  return rows.length === 1;
}
