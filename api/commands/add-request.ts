import type { EntityManager } from '../../db/database.ts';
import { type PortalUser, Request } from '../../db/entities/index.ts';
import { recordEvent } from '../../db/record-event.ts';
import type { Actor } from '../../workflows/vocabulary.ts';
import type { NewRequest } from '../schemas/request.ts';
import type { UnitOfWork } from '../unit-of-work.ts';

/** Adds a portal user's request, open, under the portal's next number. */
export async function addRequest(
  { em }: UnitOfWork,
  portalUser: PortalUser,
  { subject, description }: NewRequest,
  actor: Actor,
): Promise<Request> {
  const number = await nextNumber(em, portalUser.portal.id);
  const request = em.create(Request, {
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
