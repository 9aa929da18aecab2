import { v7 as uuid } from 'uuid';
import type { EntityManager } from '../../db/database.ts';
import { emailKey } from '../../db/email-address.ts';
import { Operator, type Portal, PortalOperator } from '../../db/entities/index.ts';
import { lockOperatorsOf } from '../../db/lock-operators.ts';
import type { ListedOperator } from '../../db/queries/list-operators.ts';
import { recordPortalEvent } from '../../db/record-event.ts';
import type { Actor } from '../../workflows/vocabulary.ts';
import { Problem } from '../problem.ts';
import type { NewOperator } from '../schemas/operator.ts';
import type { Services } from '../services.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import { inviteOperator, requireMayInvite } from './invite-operator.ts';

/**
 * Invites somebody to work for a portal: the membership is pending until they accept it by a mailed link. Whether the address
 * works for another portal changes nothing: neither what is done here, nor what is answered.
 *
 * @throws Problem `operator_exists` with the existing id
 * @throws Problem `re_invite_too_soon`, `re_invite_cap_reached` where they were removed and are added again and again
 * @throws Problem `password_not_accepted`
 */
export async function addOperator(
  unit: UnitOfWork,
  services: Services,
  portal: Portal,
  { email, name, role, password }: NewOperator,
  actor: Actor,
): Promise<ListedOperator> {
  if (password !== undefined) {
    throw new Problem('password_not_accepted', {
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
    throw new Problem('operator_exists', { operatorId: operator.id });
  }
  await requireMayInvite(em, portal, operator.id);
  const membership = em.create(PortalOperator, { operator, portal: portal.id, name, email, role });
  recordPortalEvent(em, portal, { type: 'operator_added', actor, data: { operatorId: operator.id, role } });
  await em.flush();
  return { membership, email: await inviteOperator(unit, services, portal, membership) };
}

/** One statement for both, so that neither the time nor the number of queries tells a known address. Locks the row. */
async function findOrInsertOperator(em: EntityManager, email: string): Promise<Operator> {
  const key = emailKey(email)!;
  await em.execute(
    `insert into operators (id, email, email_key, created_at) values (?, ?, ?, now())
     on conflict (email_key) do update set email_key = excluded.email_key`,
    [uuid(), email, key],
  );
  return em.findOneOrFail(Operator, { emailKey: key });
}
