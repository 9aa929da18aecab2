import type { EntityManager } from '../database.ts';

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
