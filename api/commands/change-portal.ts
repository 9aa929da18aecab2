import { isDeepStrictEqual } from 'node:util';
import { LockMode } from '@mikro-orm/postgresql';
import { Portal } from '../../db/entities/index.ts';
import { recordPortalEvent } from '../../db/record-event.ts';
import type { Actor } from '../../workflows/vocabulary.ts';
import type { PortalChange } from '../schemas/portal.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import { requireConsistentSettings } from './invitation-policy.ts';

/**
 * Changes a portal's settings. They count from the next e-mail on; links that were mailed stay as they are. Values that the
 * portal has already change nothing, and leave no event.
 *
 * @param check looks at the locked row before it is changed; what it throws is thrown
 * @throws Problem `invalid_request`
 */
export async function changePortal(
  { em }: UnitOfWork,
  portalId: string,
  change: PortalChange,
  actor: Actor,
  check: (locked: Portal) => unknown = () => {},
): Promise<Portal> {
  // Locked: of two changes at once, the later is checked against what the first one left.
  const portal = await em.findOneOrFail(Portal, portalId, { lockMode: LockMode.PESSIMISTIC_WRITE });
  await check(portal);
  const changed = (Object.keys(change) as (keyof PortalChange)[]).filter(
    (key) => !isDeepStrictEqual(portal[key] ?? null, change[key] ?? null),
  );
  em.assign(portal, change as Partial<Portal>);
  requireConsistentSettings(portal);
  if (changed.length > 0) recordPortalEvent(em, portal, { type: 'portal_changed', actor, data: { changed } });
  await em.flush();
  return portal;
}
