import type { EntityManager } from '../../db/database.ts';
import { emailKey } from '../../db/email-address.ts';
import { Operator, type Portal, PortalOperator } from '../../db/entities/index.ts';
import { lockOperator, lockOperatorsOf } from '../../db/lock-operators.ts';
import { recordPortalEvent } from '../../db/record-event.ts';
import type { Actor } from '../../workflows/vocabulary.ts';
import { newPassword } from '../new-password.ts';
import { hashPassword, requireGoodPassword } from '../password.ts';
import { Problem } from '../problem.ts';
import type { NewOperator } from '../schemas/operator.ts';
import type { UnitOfWork } from '../unit-of-work.ts';

export interface AddedOperator {
  /** With its operator. */
  membership: PortalOperator;
  /** The password that was made, in no other place. Null where one was given, or the person has one already. */
  initialPassword: string | null;
}

/**
 * Lets somebody work for a portal. Who works for another portal already keeps name and password, and is let in by the
 * administrator only: whoever named an address first knows its first password, and must not get at the next portal by it.
 * Everybody else signs in with the given password, or with one that is made.
 *
 * @throws Problem `operator_elsewhere` where an operator adds who works for another portal
 * @throws Problem `operator_exists` with the existing id
 * @throws Problem `password_refused`
 */
export async function addOperator(
  { em }: UnitOfWork,
  portal: Portal,
  input: NewOperator,
  actor: Actor,
): Promise<AddedOperator> {
  const key = emailKey(input.email)!;
  await lockOperatorsOf(em, portal.id);
  await lockOperator(em, key);
  const known = await em.findOne(Operator, { emailKey: key });
  const portals = known === null ? [] : await em.find(PortalOperator, { operator: known });
  if (portals.some((one) => one.portal.id === portal.id))
    throw new Problem('operator_exists', { operatorId: known!.id });
  if (portals.length > 0 && actor !== 'administrator') {
    throw new Problem('operator_elsewhere', {
      detail: 'They work for another portal: ask the administrator to add them here.',
    });
  }

  const person =
    portals.length > 0 ? { operator: known!, initialPassword: null } : await newcomer(em, portal, known, input);
  const membership = em.create(PortalOperator, { operator: person.operator, portal: portal.id, role: input.role });
  await em.flush();
  const data = { operatorId: person.operator.id, role: input.role };
  recordPortalEvent(em, portal, { type: 'operator_added', actor, data });
  return { membership, initialPassword: person.initialPassword };
}

/** Somebody who works for no portal, or none any more: the row is kept, since events name it. */
async function newcomer(em: EntityManager, portal: Portal, former: Operator | null, input: NewOperator) {
  const { email, name, password } = input;
  const ownWords = [email, name, portal.name];
  if (password !== undefined) await requireGoodPassword(password, ownWords);
  const initialPassword = password === undefined ? await newPassword(ownWords) : null;
  const passwordHash = await hashPassword(password ?? initialPassword!);
  const operator =
    former === null
      ? em.create(Operator, { email, emailKey: emailKey(email)!, name, passwordHash })
      : em.assign(former, { email, name, passwordHash });
  return { operator, initialPassword };
}
