import { raw } from '@mikro-orm/postgresql';
import type { EntityManager } from '../../db/database.ts';
import { PortalOperator, type PortalRequest, Reply } from '../../db/entities/index.ts';
import { recordEvent } from '../../db/events.ts';
import type { NewReply } from '../../schemas/request.ts';
import type { Actor } from '../../vocabulary/events.ts';
import type { CommandServices } from '../services.ts';
import type { UnitOfWork } from '../transaction.ts';
import { requireRequest } from './add-request.ts';
import { setRequestStatus } from './change-request-status.ts';
import { queueRequestEmail } from './queue-request-email.ts';

/**
 * Adds a reply. The portal user's own opens a request again that was closed or on hold; the help desk's is mailed to the
 * portal user.
 *
 * @param status what a reply of the help desk sets the request to, told in the same e-mail
 * @throws Refusal `not_found`
 */
export async function addReply(
  unit: UnitOfWork,
  services: CommandServices,
  found: Pick<PortalRequest, 'id'>,
  { text, status }: NewReply & { status?: PortalRequest['status'] | undefined },
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
    await queueRequestEmail(unit, services, request, { reply, status: changed ? wanted : null });
  }
  await em.flush();
  return reply;
}

/** What the portal calls an operator at this moment: the reply keeps it, whatever they are called later. Null for every other author. */
async function nameOf(em: EntityManager, { portal }: PortalRequest, author: Actor): Promise<string | null> {
  const [kind, id] = author.split('/');
  if (kind !== 'operator' || id === undefined) return null;
  const membership = await em.findOne(PortalOperator, { portal: portal.id, operator: id });
  return membership?.name ?? null;
}
