import { v7 as uuid } from 'uuid';
import type { EntityManager } from '../../db/database.ts';
import { Operator, type Portal, PortalOperator } from '../../db/entities/index.ts';
import { recordPortalEvent } from '../../db/events.ts';
import { lockOperatorsOf } from '../../db/locks.ts';
import type { ListedOperator } from '../../db/queries/operators.ts';
import type { NewOperator } from '../../schemas/operator.ts';
import { type EmailAddress, emailKey } from '../../vocabulary/email-address.ts';
import type { Actor } from '../../vocabulary/events.ts';
import { Refusal } from '../../vocabulary/refusal.ts';
import type { CommandServices } from '../services.ts';
import type { UnitOfWork } from '../transaction.ts';
import { queueOperatorInvitation, requireMayInvite } from './invite-operator.ts';

/**
 * Adds an operator to a portal and mails an invitation. The membership is pending until the operator accepts it by the mailed
 * link. Whether the address works for another portal changes neither the effect nor the response.
 *
 * @throws Refusal `operator_exists` with the existing id
 * @throws Refusal `re_invite_too_soon`, `re_invite_cap_reached` for an operator who was removed and is added again and again
 * @throws Refusal `password_not_accepted`
 */
export async function addOperator(
  unit: UnitOfWork,
  services: CommandServices,
  portal: Portal,
  { email, name, role, password }: NewOperator,
  actor: Actor,
): Promise<ListedOperator> {
  if (password !== undefined) {
    throw new Refusal('password_not_accepted', {
      detail: 'Leave the password out: a link is mailed to the operator, who chooses one.',
      errors: [
        { field: 'password', message: 'operators choose their own password by the link that is mailed to them' },
      ],
    });
  }
  const { em } = unit;
  await lockOperatorsOf(em, portal.id);
  const operator = await findOrInsertOperator(em, email);
  if ((await em.count(PortalOperator, { portal: portal.id, operator: operator.id })) > 0) {
    throw new Refusal('operator_exists', { operatorId: operator.id });
  }
  await requireMayInvite(em, portal, operator.id);
  const membership = em.create(PortalOperator, { operator, portal: portal.id, name, email, role });
  recordPortalEvent(em, portal, { type: 'operator_added', actor, data: { operatorId: operator.id, role } });
  await em.flush();
  return { membership, email: await queueOperatorInvitation(unit, services, portal, membership) };
}

/** One statement for both, so that neither the time nor the number of queries tells a known address. Locks the row. */
async function findOrInsertOperator(em: EntityManager, email: EmailAddress): Promise<Operator> {
  const key = emailKey(email);
  await em.execute(
    `insert into operators (id, email, email_key, created_at) values (?, ?, ?, now())
     on conflict (email_key) do update set email_key = excluded.email_key`,
    [uuid(), email, key],
  );
  return em.findOneOrFail(Operator, { emailKey: key });
}
