import type { EntityManager } from '../database.ts';

interface Lifetime {
  /** From the sign-in to the end, however much the session is used. */
  absoluteSeconds: number;
  /** From the last use to the end. */
  idleSeconds: number;
}

/**
 * How long a session lasts. ASVS 5.0 (V7.3) asks for both limits and leaves the numbers to a risk analysis. An operator reaches the
 * data of a whole portal: a working day, and an hour away from the desk. A portal user reaches their own requests only.
 */
export const SESSION_LIFETIMES = {
  operator: { absoluteSeconds: 12 * 3_600, idleSeconds: 3_600 },
  portalUser: { absoluteSeconds: 30 * 86_400, idleSeconds: 7 * 86_400 },
} satisfies Record<string, Lifetime>;

/** SQL: the moment at which a row of `sessions` ends unless it is used again. Postgres' clock decides, not each process' own. */
export const SESSION_END = `case when sessions.operator_id is not null
  then ${end(SESSION_LIFETIMES.operator)} else ${end(SESSION_LIFETIMES.portalUser)} end`;

/** SQL: whether a row of `sessions` still counts. */
export const SESSION_IS_LIVE = `now() < ${SESSION_END}`;

/** SQL: the seconds that a row of `sessions` has left, however much it is used. */
export const SESSION_SECONDS_LEFT = `extract(epoch from sessions.created_at - now())
  + case when sessions.operator_id is not null
    then ${SESSION_LIFETIMES.operator.absoluteSeconds} else ${SESSION_LIFETIMES.portalUser.absoluteSeconds} end`;

function end({ absoluteSeconds, idleSeconds }: Lifetime): string {
  return `least(sessions.created_at + interval '${absoluteSeconds} seconds', sessions.last_used_at + interval '${idleSeconds} seconds')`;
}

/** The operator or the portal user who is signed in. */
export type SessionHolder = { operatorId: string } | { portalUserId: string };

export interface ListedSession {
  id: string;
  userAgent: string | null;
  createdAt: Date;
  lastUsedAt: Date;
}

/** More than a person has browsers; older ones end by themselves or by "Sign out everywhere else". */
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

/** Signs a portal user out everywhere. The caller holds the lock on the portal user's row. Safe to repeat. */
export async function endPortalUserSessions(em: EntityManager, portalUserId: string): Promise<void> {
  await em.execute('delete from sessions where portal_user_id = ?', [portalUserId]);
}
