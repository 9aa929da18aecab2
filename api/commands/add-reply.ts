import { raw } from '@mikro-orm/postgresql';
import type { EntityManager } from '../../db/database.ts';
import { PortalOperator, Reply, type Request } from '../../db/entities/index.ts';
import { recordEvent } from '../../db/record-event.ts';
import type { Actor } from '../../workflows/vocabulary.ts';
import type { NewReply } from '../schemas/request.ts';
import type { Services } from '../services.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import { requireRequest } from './require-request.ts';
import { setRequestStatus } from './set-request-status.ts';
import { tellPortalUser } from './tell-portal-user.ts';

/**
 * Adds a reply. The portal user's own opens a request again that was closed or on hold; the help desk's is mailed to the
 * portal user.
 *
 * @param status what a reply of the help desk sets the request to, told in the same e-mail
 * @throws Problem `not_found`
 */
export async function addReply(
  unit: UnitOfWork,
  services: Services,
  found: Pick<Request, 'id'>,
  { text, status }: NewReply & { status?: Request['status'] | undefined },
  actor: Actor,
): Promise<Reply> {
  const { em } = unit;
  const { request, portalUser } = await requireRequest(em, found.id);
  const authorName = await nameOf(em, request, actor);
  const reply = em.create(Reply, { request, author: actor, authorName, text });
  await em.flush();
  const { number } = request;
  recordEvent(em, portalUser, { type: 'request_replied', actor, data: { requestId: request.id, number } });
  const wanted = actor === 'portal_user' ? 'open' : status;
  const changed = wanted !== undefined && setRequestStatus(em, request, portalUser, wanted, actor);
  request.lastActivityAt = raw<Date>('now()');
  if (actor !== 'portal_user') {
    await tellPortalUser(unit, services, request, { reply, status: changed ? wanted : null });
  }
  await em.flush();
  return reply;
}

/** What the portal calls an operator at this moment: the reply keeps it, whatever they are called later. Null for every other author. */
async function nameOf(em: EntityManager, { portal }: Request, author: Actor): Promise<string | null> {
  const [kind, id] = author.split('/');
  if (kind !== 'operator' || id === undefined) return null;
  const membership = await em.findOne(PortalOperator, { portal: portal.id, operator: id });
  return membership?.name ?? null;
}
