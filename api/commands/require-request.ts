import type { EntityManager } from '../../db/database.ts';
import { PortalUser, type Request } from '../../db/entities/index.ts';
import { lockRequest } from '../../db/lock-request.ts';
import { Problem } from '../problem.ts';

/** A request that is to be changed, locked, and whose it is. @throws Problem `not_found` where it is gone */
export async function requireRequest(
  em: EntityManager,
  id: string,
): Promise<{ request: Request; portalUser: PortalUser }> {
  const request = await lockRequest(em, id);
  if (request === null) throw new Problem('not_found');
  return { request, portalUser: await em.findOneOrFail(PortalUser, request.portalUser.id) };
}
