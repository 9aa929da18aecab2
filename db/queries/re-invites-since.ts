import type { EntityManager } from '../database.ts';
import { InvitationEmail } from '../entities/index.ts';

/** When new links were mailed or queued from `since` on, newest first: re-invites, corrected addresses, reactivations. */
export async function reInvitesSince(
  em: EntityManager,
  portalUserIds: string[],
  since: Date,
): Promise<Map<string, Date[]>> {
  const emails = await em.find(
    InvitationEmail,
    { portalUser: { $in: portalUserIds }, generation: { $gt: 1 }, reminder: 0, queuedAt: { $gte: since } },
    { fields: ['portalUser', 'queuedAt'], orderBy: { queuedAt: 'desc' } },
  );
  const times = new Map<string, Date[]>();
  for (const { portalUser, queuedAt } of emails) {
    times.set(portalUser.id, [...(times.get(portalUser.id) ?? []), queuedAt]);
  }
  return times;
}
