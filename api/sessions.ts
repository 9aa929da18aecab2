/**
 * Signed-in browsers. The threats: a stolen database must open nothing (the cookie is signed by a key that is not in it),
 * a session that was there before the sign-in must not become the signed-in one (it is made anew), a script must not read
 * the cookie (httpOnly), and a sign-in ends by itself. Sessions are rows, so that ending one is deleting a row.
 */
import { hkdfSync } from 'node:crypto';
import connectPgSimple from 'connect-pg-simple';
import type { CookieOptions, Request, RequestHandler } from 'express';
import session, { type SessionData } from 'express-session';
import type { Database } from '../db/database.ts';
import type { LinkKeys } from '../db/link-keys.ts';
import { queryable } from '../db/queryable.ts';
import type { Services } from './services.ts';

/** A working day. It counts from the sign-in and is not extended: who works longer signs in again. */
const SESSION_MS = 12 * 3_600_000;
const KEY_BYTES = 32;

/** What a browser is signed in to: each has cookies of its own, and one portal's say nothing at another. */
export type SignInArea = 'console' | `portal_${string}`;

declare module 'express-session' {
  interface SessionData {
    operatorId: string;
    portalUserId: string;
    /** What was typed at a portal while no session was there, for the form on the page with this path. */
    draft: { path: string; fields: Record<string, string> };
    /** Shown on the next page, once. */
    flash: { kind: 'done' | 'problem'; text: string };
  }
}

const PostgresStore = connectPgSimple(session);

/**
 * Changes rows but adds none: signing in alone does ({@link beginSession}). So a request that is under way while its session
 * is ended does not bring it back, and no page that is opened makes a session last longer.
 */
class SessionStore extends PostgresStore {
  readonly #database: Database;

  constructor(database: Database, options: ConstructorParameters<typeof PostgresStore>[0]) {
    super({ ...options, pool: queryable(database) as never });
    this.#database = database;
  }

  override set(sid: string, data: SessionData, callback?: (error?: unknown) => void): void {
    this.#database.em
      .fork()
      .execute('update sessions set sess = ? where sid = ?', [JSON.stringify(data), sid])
      .then(() => callback?.(), callback);
  }
}

/** Reads and keeps the session of each request. Nobody has one before signing in. */
export function sessions({ database, linkKeys, publicUrl, logger }: Services, area: SignInArea): RequestHandler {
  return session({
    name: cookieName(publicUrl, area, 'session'),
    secret: cookieSecrets(linkKeys, area),
    cookie: { ...cookieOptions(publicUrl), maxAge: SESSION_MS },
    resave: false,
    saveUninitialized: false,
    store: new SessionStore(database, {
      tableName: 'sessions',
      disableTouch: true,
      pruneSessionInterval: false, // the housekeeping does
      errorLog: () => logger.warn('The session store does not answer'),
    }),
  });
}

/** `__Host-` binds a cookie to this very host and to TLS (RFC 6265bis, section 4.1.3.2). */
export function cookieName(publicUrl: string, area: SignInArea, name: string): string {
  return isSecure(publicUrl) ? `__Host-${area}_${name}` : `${area}_${name}`;
}

export function cookieOptions(publicUrl: string) {
  return { path: '/', httpOnly: true, sameSite: 'lax', secure: isSecure(publicUrl) } satisfies CookieOptions;
}

/** Keys that sign cookies, made of those that sign links: the first signs, all verify. One area's mean nothing in another. */
export function cookieSecrets({ current, byId }: LinkKeys, area: SignInArea): string[] {
  const keys = [byId.get(current)!, ...[...byId].filter(([id]) => id !== current).map(([, key]) => key)];
  return keys.map((key) =>
    Buffer.from(hkdfSync('sha256', key, '', `${area}-cookies`, KEY_BYTES)).toString('base64url'),
  );
}

/** Without TLS as far as we can see, the browser would never get the cookie, and be asked to sign in again and again. */
export function isReachable(request: Request, { publicUrl }: Services): boolean {
  return !isSecure(publicUrl) || request.secure;
}

function isSecure(publicUrl: string): boolean {
  return publicUrl.startsWith('https:');
}

/** Who signs in, with the hash of the password that was typed. */
export interface SigningIn {
  data: Pick<SessionData, 'operatorId'> | (Pick<SessionData, 'portalUserId'> & Partial<Pick<SessionData, 'draft'>>);
  table: 'operators' | 'portal_users';
  id: string;
  passwordHash: string;
}

/**
 * A new session under a new id, for who has just signed in.
 *
 * @returns false where the password was changed a moment ago: that has ended all sessions, and this one would outlive it
 */
export async function beginSession(
  request: Request,
  { database }: Services,
  { data, table, id, passwordHash }: SigningIn,
): Promise<boolean> {
  await new Promise<void>((resolve, reject) =>
    request.session.regenerate((error) => (error ? reject(error) : resolve())),
  );
  Object.assign(request.session, data);
  const { sessionID, session } = request;
  const { affectedRows } = await database.em.fork().execute<{ affectedRows: number }>(
    `insert into sessions (sid, sess, expire)
     select ?, ?, ? from ${table} where id = ? and password_hash = ? for share`,
    [sessionID, JSON.stringify(session), new Date(Date.now() + SESSION_MS), id, passwordHash],
    'run',
  );
  return affectedRows === 1;
}

/** Ends this browser's session. */
export async function endSession(request: Request): Promise<void> {
  await new Promise<void>((resolve, reject) => request.session.destroy((error) => (error ? reject(error) : resolve())));
}
