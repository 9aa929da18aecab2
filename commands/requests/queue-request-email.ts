import type { EntityManager } from '../../db/database.ts';
import { readClock } from '../../db/database.ts';
import { Portal, type PortalRequest, PortalUser, type Reply, RequestEmail } from '../../db/entities/index.ts';
import { lastRequestEmailAt } from '../../db/queries/list-emails.ts';
import { prerenderRequestEmail, requestEmailContent } from '../../email/request-email.ts';
import type { RequestStatus } from '../../vocabulary/statuses.ts';
import type { CommandServices } from '../services.ts';
import { callNowOrByHousekeeping } from '../temporal-outages.ts';
import type { UnitOfWork } from '../transaction.ts';

/**
 * Inserts an e-mail about a reply or a new status, in the transaction of the reply or status, and has it sent after the
 * commit; if Temporal is down, once it is back. The caller holds the lock on the request.
 */
export async function queueRequestEmail(
  { em, afterCommit }: UnitOfWork,
  services: CommandServices,
  request: PortalRequest,
  { reply, status }: { reply: Reply | null; status: RequestStatus | null },
): Promise<void> {
  const portal = await em.findOneOrFail(Portal, request.portal.id);
  const { locale, contact } = await em.findOneOrFail(PortalUser, request.portalUser.id, { populate: ['contact'] });
  const { name, email: toAddress } = contact.getEntity();
  const content = requestEmailContent(services.publicUrl, portal, request, {
    name,
    locale,
    // Operators write in their own name, programs in the portal's.
    reply: reply && { text: reply.text, by: reply.authorName ?? portal.senderName ?? portal.name },
    status,
  });
  const queuedAt = await nextMoment(em, request.id);
  const email = em.create(RequestEmail, {
    request,
    toAddress,
    content,
    rendered: prerenderRequestEmail(content),
    queuedAt,
  });
  await em.flush();
  const requestEmailId = email.id;
  afterCommit(() =>
    callNowOrByHousekeeping(services, { requestEmailId }, () => services.requestEmails.start(requestEmailId)),
  );
}

/** Later than every e-mail of the request so far even within a millisecond: this order is the thread's. */
async function nextMoment(em: EntityManager, requestId: string): Promise<Date> {
  const last = await lastRequestEmailAt(em, requestId);
  return new Date(Math.max((await readClock(em)).getTime(), (last?.getTime() ?? 0) + 1));
}
