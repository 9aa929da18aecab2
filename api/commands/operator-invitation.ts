import { raw } from '@mikro-orm/postgresql';
import type { EntityManager } from '../../db/database.ts';
import { Operator, type Portal, PortalOperator } from '../../db/entities/index.ts';
import { lockOperatorsOf } from '../../db/lock-operators.ts';
import { readOperatorInvitationToken, verifyOperatorInvitationToken } from '../../db/operator-link-token.ts';
import { readClock } from '../../db/queries/read-clock.ts';
import { recordPortalEvent } from '../../db/record-event.ts';
import type { Services } from '../services.ts';
import { inTransaction } from '../unit-of-work.ts';
import { replaceOperatorPassword } from './replace-operator-password.ts';

/** What a link that was mailed to an operator accepts. */
export interface OperatorInvitation {
  membership: PortalOperator;
  portal: Portal;
  /** With the password loaded. */
  operator: Operator;
  /**
   * Whether a password must be chosen to accept it. Only one that the operator chose themselves lets a further portal in:
   * every other one is known to somebody else, such as the owner who was shown it.
   */
  needsNewPassword: boolean;
}

/**
 * The pending membership that a link accepts. Null where the link is not one of ours, was used, has expired or was replaced,
 * and where the operator was removed. Changes nothing.
 */
export async function openOperatorInvitation(
  { database, linkKeys }: Services,
  token: string,
): Promise<OperatorInvitation | null> {
  const claims = readOperatorInvitationToken(token);
  if (claims === undefined) return null;
  const populate = ['operator.passwordHash', 'portal'] as const;
  const em = database.em.fork();
  const where = open(claims.membershipId, claims.generation, await readClock(em));
  const found = await em.findOne(PortalOperator, where, { populate, strategy: 'joined' });
  const membership = found as PortalOperator | null;
  if (membership === null || !verifyOperatorInvitationToken(linkKeys, token, membership)) return null;
  const operator = membership.operator.getEntity();
  const needsNewPassword = operator.passwordSetBy !== 'self';
  return { membership, portal: membership.portal.getEntity(), operator, needsNewPassword };
}

/**
 * Makes a pending membership active.
 *
 * @param newHash of the password that was chosen; absent where the operator typed the one that was loaded
 * @returns false where the link died, or the password was replaced, a moment ago: nothing is changed then
 */
export async function acceptOperatorInvitation(
  services: Services,
  { membership: { id, generation, email }, portal, operator }: OperatorInvitation,
  newHash?: string,
): Promise<boolean> {
  return inTransaction(services.database, async (unit) => {
    const { em } = unit;
    await lockOperatorsOf(em, portal.id); // as every change of a membership does
    if ((await em.count(PortalOperator, open(id, generation, await readClock(em)))) === 0) return false;
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

function open(id: string, generation: number, now: Date) {
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
