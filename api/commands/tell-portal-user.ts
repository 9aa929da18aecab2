import { requestEmailContent } from '../../activities/email/request-email-content.ts';
import type { EntityManager } from '../../db/database.ts';
import { Portal, PortalUser, type Reply, type Request, RequestEmail } from '../../db/entities/index.ts';
import { lastRequestEmailAt } from '../../db/queries/order-of-request-emails.ts';
import { readClock } from '../../db/queries/read-clock.ts';
import type { RequestStatus } from '../../workflows/vocabulary.ts';
import type { Services } from '../services.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import { nowOrLater } from './now-or-later.ts';

/**
 * Puts down, in the transaction of what it tells, the e-mail about a reply or a new status, and has it sent after the
 * commit; if Temporal is down, once it is back. The caller holds the lock on the request.
 */
export async function tellPortalUser(
  { em, afterCommit }: UnitOfWork,
  services: Services,
  request: Request,
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
  const email = em.create(RequestEmail, { request, toAddress, content, queuedAt });
  await em.flush();
  const requestEmailId = email.id;
  afterCommit(() => nowOrLater(services, { requestEmailId }, () => services.requestEmails.start(requestEmailId)));
}

/** Later than every e-mail of the request so far even within a millisecond: this order is the thread's. */
async function nextMoment(em: EntityManager, requestId: string): Promise<Date> {
  const last = await lastRequestEmailAt(em, requestId);
  return new Date(Math.max((await readClock(em)).getTime(), (last?.getTime() ?? 0) + 1));
}
