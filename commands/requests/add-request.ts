import type { EntityManager } from '../../db/database.ts';
import { PortalRequest, PortalUser } from '../../db/entities/index.ts';
import { recordEvent } from '../../db/events.ts';
import { lockRequest } from '../../db/locks.ts';
import type { NewRequest } from '../../schemas/request.ts';
import type { Actor } from '../../vocabulary/events.ts';
import { Refusal } from '../../vocabulary/refusal.ts';
import type { UnitOfWork } from '../transaction.ts';

/** Adds a portal user's request, open, under the portal's next number. */
export async function addRequest(
  { em }: UnitOfWork,
  portalUser: PortalUser,
  { subject, description }: NewRequest,
  actor: Actor,
): Promise<PortalRequest> {
  const number = await nextNumber(em, portalUser.portal.id);
  const request = em.create(PortalRequest, {
    portal: portalUser.portal.id,
    portalUser: portalUser.id,
    number,
    subject,
    description,
  });
  await em.flush();
  recordEvent(em, portalUser, { type: 'request_added', actor, data: { requestId: request.id, number } });
  return request;
}

/** Two requests at once wait for each other here, and no number is given twice. */
async function nextNumber(em: EntityManager, portalId: string): Promise<number> {
  const [row] = await em.execute<{ number: number }[]>(
    'update portals set last_request_number = last_request_number + 1 where id = ? returning last_request_number as number',
    [portalId],
  );
  return row!.number;
}

/** A request that is to be changed, locked, and whose it is. @throws Refusal `not_found` where it is gone */
export async function requireRequest(
  em: EntityManager,
  id: string,
): Promise<{ request: PortalRequest; portalUser: PortalUser }> {
  const request = await lockRequest(em, id);
  if (request === null) throw new Refusal('not_found');
  return { request, portalUser: await em.findOneOrFail(PortalUser, request.portalUser.id) };
}
