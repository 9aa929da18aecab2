import type { EntityManager } from '../database.ts';
import { SESSION_IS_LIVE } from '../session-lifetimes.ts';

/** The operator or the portal user who is signed in. */
export type SessionHolder = { operatorId: string } | { portalUserId: string };

export interface ListedSession {
  id: string;
  userAgent: string | null;
  createdAt: Date;
  lastUsedAt: Date;
}

/** More than a person has browsers; older ones end by themselves or by "Sign out everywhere". */
const MAX_LISTED = 50;

/** The sessions of one person that have not ended, the one that was used last first. */
export async function listSessions(em: EntityManager, holder: SessionHolder): Promise<ListedSession[]> {
  const [column, id] = holderColumn(holder);
  const rows = await em.execute<(Pick<ListedSession, 'id' | 'userAgent'> & { created: number; used: number })[]>(
    `select id, user_agent as "userAgent", extract(epoch from created_at)::float8 as created,
       extract(epoch from last_used_at)::float8 as used
     from sessions where ${column} = ? and ${SESSION_IS_LIVE}
     order by last_used_at desc, created_at desc, id limit ${MAX_LISTED}`,
    [id],
  );
  return rows.map(({ created, used, ...row }) => ({
    ...row,
    createdAt: new Date(created * 1000),
    lastUsedAt: new Date(used * 1000),
  }));
}

/** The column of `sessions` that names this kind of person, and their id. */
export function holderColumn(holder: SessionHolder): ['operator_id' | 'portal_user_id', string] {
  return 'operatorId' in holder ? ['operator_id', holder.operatorId] : ['portal_user_id', holder.portalUserId];
}
