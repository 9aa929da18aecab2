import { createHash } from 'node:crypto';
import session, { type SessionData } from 'express-session';
import type { Database, EntityManager } from '../db/database.ts';
import type { SessionNotes } from '../db/entities/session.ts';
import { SESSION_IS_LIVE, SESSION_SECONDS_LEFT } from '../db/session-lifetimes.ts';

declare module 'express-session' {
  interface SessionData extends SessionNotes {
    operatorId: string;
    portalUserId: string;
    /** The row's public id. */
    rowId: string;
    /** Whether the row's last use is more than a minute ago. */
    isUseDue: boolean;
  }
}

interface LoadedRow {
  id: string;
  operator_id: string | null;
  portal_user_id: string | null;
  notes: SessionNotes;
  seconds_left: number;
  is_use_due: boolean;
}

/** Every request would write the row otherwise. */
const USE_INTERVAL = "interval '1 minute'";
const NEXT_USE_IS_DUE = `sessions.last_used_at < now() - ${USE_INTERVAL}`;

/** What the table keeps of the id in a cookie. */
export function hashSessionId(sessionId: string): Buffer {
  return createHash('sha256').update(sessionId).digest();
}

/**
 * The table `sessions` for express-session. It updates rows and inserts none: only a sign-in does. So a request that is under way
 * while its session ends does not bring the session back.
 */
export class SessionStore extends session.Store {
  readonly #database: Database;
  readonly #cookie: session.CookieOptions;

  constructor(database: Database, cookie: session.CookieOptions) {
    super();
    this.#database = database;
    this.#cookie = cookie;
  }

  override get(sessionId: string, callback: (error: unknown, data?: SessionData | null) => void): void {
    this.#load(sessionId).then((data) => callback(null, data), callback);
  }

  override set(sessionId: string, { draft, flash }: SessionData, callback?: (error?: unknown) => void): void {
    const notes = JSON.stringify({ draft, flash });
    this.#em()
      .execute('update sessions set notes = ? where secret_hash = ?', [notes, hashSessionId(sessionId)])
      .then(() => callback?.(), callback);
  }

  override destroy(sessionId: string, callback?: (error?: unknown) => void): void {
    this.#em()
      .execute('delete from sessions where secret_hash = ?', [hashSessionId(sessionId)])
      .then(() => callback?.(), callback);
  }

  /** Records that somebody uses a session now, at most once a minute. */
  async recordUse(sessionId: string): Promise<void> {
    await this.#em().execute(`update sessions set last_used_at = now() where secret_hash = ? and ${NEXT_USE_IS_DUE}`, [
      hashSessionId(sessionId),
    ]);
  }

  async #load(sessionId: string): Promise<SessionData | null> {
    const [row] = await this.#em().execute<LoadedRow[]>(
      `select id, operator_id, portal_user_id, notes, (${SESSION_SECONDS_LEFT})::float8 as seconds_left,
         ${NEXT_USE_IS_DUE} as is_use_due
       from sessions where secret_hash = ? and ${SESSION_IS_LIVE}`,
      [hashSessionId(sessionId)],
    );
    if (row === undefined) return null;
    // A cookie that is set again ends with the row.
    const left = Math.round(row.seconds_left * 1000);
    const cookie = { ...this.#cookie, originalMaxAge: left, expires: new Date(Date.now() + left) };
    return {
      cookie,
      ...row.notes,
      ...(row.operator_id !== null && { operatorId: row.operator_id }),
      ...(row.portal_user_id !== null && { portalUserId: row.portal_user_id }),
      rowId: row.id,
      isUseDue: row.is_use_due,
    } as SessionData;
  }

  #em(): EntityManager {
    return this.#database.em.fork();
  }
}
