import { raw } from '@mikro-orm/postgresql';
import type { EntityManager } from '../../db/database.ts';
import type { PortalRequest, PortalUser } from '../../db/entities/index.ts';
import { recordEvent } from '../../db/events.ts';
import type { Actor } from '../../vocabulary/events.ts';
import type { RequestStatus } from '../../vocabulary/statuses.ts';
import type { CommandServices } from '../services.ts';
import type { UnitOfWork } from '../transaction.ts';
import { requireRequest } from './add-request.ts';
import { queueRequestEmail } from './queue-request-email.ts';

/** Opens, holds or closes a request; the portal user is mailed about what the help desk does. Safe to repeat. @throws Refusal `not_found` */
export async function changeRequestStatus(
  unit: UnitOfWork,
  services: CommandServices,
  found: Pick<PortalRequest, 'id'>,
  status: RequestStatus,
  actor: Actor,
): Promise<PortalRequest> {
  const { request, portalUser } = await requireRequest(unit.em, found.id);
  const changed = setRequestStatus(unit.em, request, portalUser, status, actor);
  if (changed && actor !== 'portal_user') await queueRequestEmail(unit, services, request, { reply: null, status });
  await unit.em.flush();
  return request;
}

/** Sets a locked request's status and tells the timeline. @returns false where it has this status already: nothing is done */
export function setRequestStatus(
  em: EntityManager,
  request: PortalRequest,
  portalUser: PortalUser,
  status: RequestStatus,
  actor: Actor,
): boolean {
  if (request.status === status) return false;
  const { id: requestId, number, status: before } = request;
  request.status = status;
  request.lastActivityAt = raw<Date>('now()');
  const data = { requestId, number, before, after: status };
  recordEvent(em, portalUser, { type: 'request_status_changed', actor, data });
  return true;
}
