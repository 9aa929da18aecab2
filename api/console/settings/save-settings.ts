import { LockMode } from '@mikro-orm/postgresql';
import { Portal } from '../../../db/entities/index.ts';
import { changePortal } from '../../commands/change-portal.ts';
import { Problem } from '../../problem.ts';
import type { Services } from '../../services.ts';
import { inTransaction } from '../../unit-of-work.ts';
import type { PortalCall } from '../signed-in.ts';
import type { Fields, Setting } from './setting.ts';
import { changedIn, changedMeanwhile, readSettings, type Shown } from './settings-form.ts';

/** Why a form was refused that is otherwise right. */
export const CHANGED_MEANWHILE = 'changed_meanwhile';

/**
 * Saves what was changed in a form since it was shown, and nothing else: two operators at once do not undo each other's
 * settings. A setting that both have changed is refused, so that the second one knows.
 *
 * @returns whether there was anything to save
 * @throws Problem `invalid_request`, with the reason {@link CHANGED_MEANWHILE} if that is all
 */
export async function saveSettings(
  { database }: Services,
  { portal: { id }, actor }: PortalCall,
  settings: Setting[],
  fields: Fields,
  shown: Shown,
): Promise<boolean> {
  const changed = changedIn(settings, fields, shown);
  if (changed.length === 0) return false;
  const change = readSettings(changed, fields);
  await inTransaction(database, async (unit) => {
    const current = await unit.em.findOneOrFail(Portal, id, { lockMode: LockMode.PESSIMISTIC_WRITE });
    const conflicts = changedMeanwhile(changed, fields, shown, current);
    if (conflicts.length > 0) {
      const errors = conflicts.map(({ key }) => ({
        field: key,
        message: 'was changed by somebody else meanwhile; save again to replace that',
      }));
      throw new Problem('invalid_request', { reason: CHANGED_MEANWHILE, errors });
    }
    await changePortal(unit, id, change, actor);
  });
  return true;
}
