import { Operator } from '../../db/entities/index.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import { recordOwnChange } from './record-own-change.ts';

/** An operator's new name, at every portal they work for. Safe to repeat. */
export async function changeOwnName({ em }: UnitOfWork, operatorId: string, name: string): Promise<void> {
  const changed = await em.nativeUpdate(Operator, { id: operatorId, name: { $ne: name } }, { name });
  if (changed > 0) await recordOwnChange(em, operatorId, 'name');
}
