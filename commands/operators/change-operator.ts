import { LockMode } from '@mikro-orm/postgresql';
import type { EntityManager } from '../../db/database.ts';
import { FormerPortalOperator, Operator, type Portal, PortalOperator } from '../../db/entities/index.ts';
import { ACCEPTED } from '../../db/entities/portal-operator.ts';
import { recordPortalEvent } from '../../db/events.ts';
import { lockOperator, lockOperatorsOf } from '../../db/locks.ts';
import { isOperatorOfAny } from '../../db/queries/authorization.ts';
import type { Actor } from '../../vocabulary/events.ts';
import { Refusal } from '../../vocabulary/refusal.ts';
import type { OperatorRole } from '../../vocabulary/statuses.ts';
import { endSessions } from '../sign-in/end-sessions.ts';
import type { UnitOfWork } from '../transaction.ts';

/**
 * Changes what an operator may do at a portal, from their next request on.
 *
 * @idempotent
 * @throws Refusal `not_found`, `last_owner`
 */
export async function changeOperatorRole(
  { em }: UnitOfWork,
  portal: Portal,
  id: string,
  role: OperatorRole,
  actor: Actor,
): Promise<PortalOperator> {
  await lockOperatorsOf(em, portal.id);
  const membership = await findMembership(em, portal, id);
  const before = membership.role;
  if (before === role) return membership;
  if (before === 'owner' && membership.acceptedAt) await requireAnotherOwner(em, membership);
  membership.role = role;
  const operatorId = membership.operator.id;
  recordPortalEvent(em, portal, { type: 'operator_changed', actor, data: { operatorId, before, after: role } });
  await em.flush();
  return membership;
}

/**
 * Changes an operator's own name at every portal that they work for. A portal whose invitation is pending keeps the name that it
 * typed, or it would see that they work elsewhere. Replies keep the name under which they were written.
 *
 * @idempotent a portal that has the name already gets no event
 */
export async function changeOperatorName({ em }: UnitOfWork, operatorId: string, name: string): Promise<void> {
  const others = { operator: operatorId, name: { $ne: name }, ...ACCEPTED };
  // Locked: of two changes at once, the later finds what the first one left.
  const lock = { lockMode: LockMode.PESSIMISTIC_WRITE, orderBy: { id: 'asc' } } as const;
  const changed = await em.find(PortalOperator, others, { ...lock, populate: ['portal'], strategy: 'select-in' });
  for (const membership of changed) membership.name = name;
  recordOwnChange(em, changed as unknown as PortalOperator[], 'name');
  await em.flush();
}

/** Records, for the portals of these memberships (loaded), that the operator changed something of themselves. */
export function recordOwnChange(
  em: EntityManager,
  memberships: PortalOperator[],
  changed: 'name' | 'password',
  by?: 'link',
): void {
  for (const { portal, operator } of memberships) {
    recordPortalEvent(em, portal.getEntity(), {
      type: 'operator_changed',
      actor: `operator/${operator.id}`,
      data: { operatorId: operator.id, changed: [changed], ...(by && { by }) },
    });
  }
}

/**
 * Removes an operator, active or pending, from a portal: their next request there is refused, and no link to it works any more. An
 * operator without any portal left is signed out everywhere and cannot sign in; if they are invited again they choose a new
 * password. The portal keeps the name, since its history names them.
 *
 * @throws Refusal `not_found`, `last_owner`
 */
export async function removeOperator(
  { em }: UnitOfWork,
  portal: Portal,
  id: string,
  actor: Actor,
): Promise<PortalOperator> {
  await lockOperatorsOf(em, portal.id);
  const membership = await findMembership(em, portal, id);
  const { role, acceptedAt, name } = membership;
  if (role === 'owner' && acceptedAt) await requireAnotherOwner(em, membership);
  const operator = membership.operator.getEntity();
  await lockOperator(em, operator.emailKey);
  em.remove(membership);
  recordPortalEvent(em, portal, { type: 'operator_removed', actor, data: { operatorId: operator.id } });
  if (acceptedAt) await em.upsert(FormerPortalOperator, { operator: operator.id, portal: portal.id, name });
  await em.flush();
  if (!(await isOperatorOfAny(em, operator.id))) await closeAccount(em, operator.id);
  return membership;
}

/** Mailed links to a new password die with the password, also if the operator is invited again. */
async function closeAccount(em: EntityManager, id: string): Promise<void> {
  await endSessions(em, id);
  // The environment's password is the administrator's: it opens the portals that are made later.
  const ofTheirOwn = { id, passwordSetBy: { $ne: 'environment' } } as const;
  await em.nativeUpdate(Operator, ofTheirOwn, { passwordHash: null, passwordSetBy: null });
}

/**
 * An operator's membership of a portal, with the operator.
 *
 * @param id the membership's (in the console, where an operator's would tell how old it is) or the operator's (in the API)
 * @throws Refusal `not_found`
 */
export async function findMembership(em: EntityManager, portal: Portal, id: string): Promise<PortalOperator> {
  const found = await em.findOne(
    PortalOperator,
    { portal: portal.id, $or: [{ id }, { operator: id }] },
    { populate: ['operator'], strategy: 'joined' },
  );
  if (found === null) throw new Refusal('not_found');
  return found;
}

/**
 * A portal without an active owner could not get one in the console. The caller holds the portal's lock.
 *
 * @throws Refusal `last_owner`
 */
async function requireAnotherOwner(em: EntityManager, { portal, operator }: PortalOperator): Promise<void> {
  const another = { portal, role: 'owner', operator: { $ne: operator.id }, ...ACCEPTED } as const;
  if ((await em.count(PortalOperator, another)) === 0) {
    throw new Refusal('last_owner', { detail: 'Make somebody else an owner first.' });
  }
}
