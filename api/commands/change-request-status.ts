import type { Request } from '../../db/entities/index.ts';
import type { Actor, RequestStatus } from '../../workflows/vocabulary.ts';
import type { Services } from '../services.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import { requireRequest } from './require-request.ts';
import { setRequestStatus } from './set-request-status.ts';
import { tellPortalUser } from './tell-portal-user.ts';

/** Opens, holds or closes a request; the portal user is mailed about what the help desk does. Safe to repeat. @throws Problem `not_found` */
export async function changeRequestStatus(
  unit: UnitOfWork,
  services: Services,
  found: Pick<Request, 'id'>,
  status: RequestStatus,
  actor: Actor,
): Promise<Request> {
  const { request, portalUser } = await requireRequest(unit.em, found.id);
  const changed = setRequestStatus(unit.em, request, portalUser, status, actor);
  if (changed && actor !== 'portal_user') await tellPortalUser(unit, services, request, { reply: null, status });
  await unit.em.flush();
  return request;
}
