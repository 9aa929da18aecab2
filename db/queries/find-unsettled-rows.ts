import type { EntityManager } from '../database.ts';

/** How many of a bulk action's rows with these portal users still wait for their e-mail: it is not replaced yet, or not sent. */
export async function findUnsettledRows(
  em: EntityManager,
  bulkActionId: string,
  portalUserIds: string[],
): Promise<number> {
  if (portalUserIds.length === 0) return 0;
  const [row] = await em.execute<{ count: number }[]>(
    `select count(*)::int as count
       from bulk_action_rows r
       join bulk_actions a on a.id = r.bulk_action_id
       join portal_users u on u.id = r.portal_user_id
      where r.bulk_action_id = ? and r.portal_user_id in (?) and r.outcome = 'done'
        and u.confirmation_status = 'not_confirmed'
        and (u.delivery = 'queued' or (a.action = 're_invite' and u.generation = r.generation))`,
    [bulkActionId, portalUserIds],
  );
  return row!.count;
}
