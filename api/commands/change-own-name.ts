import { LockMode } from '@mikro-orm/postgresql';
import { PortalOperator } from '../../db/entities/index.ts';
import { ACCEPTED } from '../../db/entities/portal-operator.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import { recordOwnChange } from './record-own-change.ts';

/**
 * An operator's new name, at every portal they work for. A portal that still waits for them keeps the name it typed, or it
 * would see that they work elsewhere. Replies keep the name they were written under. Safe to repeat: a portal that has the name
 * already is told nothing.
 */
export async function changeOwnName({ em }: UnitOfWork, operatorId: string, name: string): Promise<void> {
  const others = { operator: operatorId, name: { $ne: name }, ...ACCEPTED };
  // Locked: of two changes at once, the later finds what the first one left.
  const lock = { lockMode: LockMode.PESSIMISTIC_WRITE, orderBy: { id: 'asc' } } as const;
  const changed = await em.find(PortalOperator, others, { ...lock, populate: ['portal'], strategy: 'select-in' });
  for (const membership of changed) membership.name = name;
  recordOwnChange(em, changed as unknown as PortalOperator[], 'name');
  await em.flush();
}
