import { PortalOperator } from '../../db/entities/index.ts';
import { ACCEPTED } from '../../db/entities/portal-operator.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import { recordOwnChange } from './record-own-change.ts';

/**
 * An operator's new name, at every portal they work for. A portal that still waits for them keeps the name it typed, or it
 * would see that they work elsewhere. Replies keep the name they were written under. Safe to repeat.
 */
export async function changeOwnName({ em }: UnitOfWork, operatorId: string, name: string): Promise<void> {
  const others = { operator: operatorId, name: { $ne: name }, ...ACCEPTED };
  const changed = await em.nativeUpdate(PortalOperator, others, { name });
  if (changed > 0) await recordOwnChange(em, operatorId, 'name');
}
