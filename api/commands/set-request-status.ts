import { raw } from '@mikro-orm/postgresql';
import type { EntityManager } from '../../db/database.ts';
import type { PortalUser, Request } from '../../db/entities/index.ts';
import { recordEvent } from '../../db/record-event.ts';
import type { Actor, RequestStatus } from '../../workflows/vocabulary.ts';

/** Sets a locked request's status and tells the timeline. @returns false where it has this status already: nothing is done */
export function setRequestStatus(
  em: EntityManager,
  request: Request,
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
