import type { EntityManager } from '../database.ts';

export interface MissingInvitation {
  portalUserId: string;
  portalId: string;
  generation: number;
}

/**
 * Portal users whose newest generation has no e-mail row yet, longest waiting first, at most `limit`: their workflow
 * was not told. Younger than `minAgeSeconds` are left to the call that is just adding them.
 */
export async function findMissingInvitations(
  em: EntityManager,
  { minAgeSeconds, limit }: { minAgeSeconds: number; limit: number },
): Promise<MissingInvitation[]> {
  return em.execute(
    `select u.id as "portalUserId", u.portal_id as "portalId", u.generation
       from portal_users u
      where u.confirmation_status = 'not_confirmed' and u.delivery = 'queued'
        and u.queued_at < now() - make_interval(secs => ?)
        and not exists (
          select from invitation_emails e where e.portal_user_id = u.id and e.generation = u.generation)
      order by u.queued_at
      limit ?`,
    [minAgeSeconds, limit],
  );
}
