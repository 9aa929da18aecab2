import type { EntityManager } from '../database.ts';

export interface MissingInvitation {
  portalUserId: string;
  portalId: string;
  generation: number;
  /** Whether the generation's e-mail was queued, so that a workflow that runs knows of it. */
  isQueued?: boolean;
  /** Whether the mail server's answer to the generation's first e-mail is recorded: what is due is a reminder or the link's expiry. */
  isAnswered?: boolean;
}

interface Page {
  /** Younger ones are left to the call or the workflow that is about to act. */
  minAgeSeconds: number;
  limit: number;
}

/**
 * Portal users whose newest generation has no e-mail row yet, longest waiting first: their workflow does not know of it.
 */
export async function findMissingInvitations(
  em: EntityManager,
  { minAgeSeconds, limit }: Page,
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

/**
 * Portal users with an e-mail, a reminder or a link expiry that is overdue, longest waiting first: their workflow may be
 * lost (terminated by hand, or with Temporal's data). Whether the e-mail is answered for is a scalar subquery: of an `exists`
 * among the columns Postgres may read the whole table.
 */
export async function findOverdueInvitations(
  em: EntityManager,
  { minAgeSeconds, limit }: Page,
): Promise<MissingInvitation[]> {
  return em.execute(
    `select u.id as "portalUserId", u.portal_id as "portalId", u.generation, true as "isQueued",
            coalesce((
              select e.answered_at is not null from invitation_emails e
               where e.portal_user_id = u.id and e.generation = u.generation and e.reminder = 0), false) as "isAnswered"
       from portal_users u
      where u.confirmation_status = 'not_confirmed' and u.due_at < now() - make_interval(secs => ?)
        and exists (
          select from invitation_emails e where e.portal_user_id = u.id and e.generation = u.generation)
      order by u.due_at
      limit ?`,
    [minAgeSeconds, limit],
  );
}
