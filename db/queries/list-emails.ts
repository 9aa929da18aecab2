import type { EntityManager } from '../database.ts';
import { InvitationEmail, RequestEmail } from '../entities/index.ts';

/** Every e-mail of a portal user's invitation, newest first, without its words: some kilobytes that a list does not show. */
export async function listInvitationEmails(em: EntityManager, portalUserId: string) {
  const newestFirst = { generation: 'desc', reminder: 'desc' } as const;
  return em.find(InvitationEmail, { portalUser: portalUserId }, { orderBy: newestFirst, exclude: ['rendered'] });
}
export type ListedInvitationEmail = Awaited<ReturnType<typeof listInvitationEmails>>[number];

/** Every e-mail about a request, newest first, without its words. */
export async function listRequestEmails(em: EntityManager, requestId: string) {
  return em.find(RequestEmail, { request: requestId }, { orderBy: { queuedAt: 'desc' }, exclude: ['rendered'] });
}
export type ListedRequestEmail = Awaited<ReturnType<typeof listRequestEmails>>[number];

/** Where an e-mail stands among those of its request. */
export type EarlierEmail = Pick<RequestEmail, 'id' | 'queuedAt' | 'answeredAt' | 'delivery'>;

/** The e-mails of the same request that were put down before this one, oldest first. */
export async function earlierRequestEmails(
  em: EntityManager,
  { request, queuedAt }: Pick<RequestEmail, 'request' | 'queuedAt'>,
): Promise<EarlierEmail[]> {
  return em.find(
    RequestEmail,
    { request: request.id, queuedAt: { $lt: queuedAt } },
    { fields: ['id', 'queuedAt', 'answeredAt', 'delivery'], orderBy: { queuedAt: 'asc' } },
  );
}

/** When the request's newest e-mail was put down; null: there is none. */
export async function lastRequestEmailAt(em: EntityManager, requestId: string): Promise<Date | null> {
  const newest = await em.findOne(
    RequestEmail,
    { request: requestId },
    { fields: ['queuedAt'], orderBy: { queuedAt: 'desc' } },
  );
  return newest?.queuedAt ?? null;
}

/** The mail server's last words on each portal user's newest e-mail, where it did not accept it. */
export async function lastReplies(em: EntityManager, portalUserIds: string[]): Promise<Map<string, string>> {
  if (portalUserIds.length === 0) return new Map();
  const rows = await em.execute<{ id: string; reply: string | null }[]>(
    `select distinct on (portal_user_id) portal_user_id as id, reply
       from invitation_emails where portal_user_id in (?)
      order by portal_user_id, generation desc, reminder desc`,
    [portalUserIds],
  );
  return new Map(rows.flatMap(({ id, reply }) => (reply === null ? [] : [[id, reply]])));
}
