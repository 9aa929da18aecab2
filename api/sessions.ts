/**
 * Signed-in browsers. The threats: a stolen database must open nothing (it has hashes of the ids, and the cookie is signed by a key
 * that is not in it), a session from before the sign-in must not become the signed-in one (the id is made anew), a copied cookie
 * must die when its owner changes the password or signs out everywhere (the id is made anew there, too), a script must not read the
 * cookie (httpOnly), and a session ends by itself (db/session-lifetimes.ts). Sessions are rows: deleting the row ends the session.
 */
import { hkdfSync } from 'node:crypto';
import type { CookieOptions, Request, RequestHandler } from 'express';
import session from 'express-session';
import { v7 as uuid } from 'uuid';
import type { EntityManager } from '../db/database.ts';
import type { SessionNotes } from '../db/entities/session.ts';
import type { LinkKeys } from '../db/link-keys.ts';
import { SESSION_IS_LIVE, SESSION_LIFETIMES } from '../db/session-lifetimes.ts';
import type { Services } from './services.ts';
import { hashSessionId, SessionStore } from './session-store.ts';

const KEY_BYTES = 32;
/** Enough of a User-Agent to name browser and system; the header is the sender's to choose. */
const MAX_USER_AGENT_LENGTH = 300;

/** What a browser is signed in to: each has cookies of its own, and one portal's say nothing at another. */
export type SignInArea = 'console' | `portal_${string}`;

/** Reads and keeps the session of each request. Nobody has one before signing in. */
export function sessions({ database, linkKeys, publicUrl }: Services, area: SignInArea): RequestHandler {
  const { absoluteSeconds } = SESSION_LIFETIMES[area === 'console' ? 'operator' : 'portalUser'];
  const cookie = { ...cookieOptions(publicUrl), maxAge: absoluteSeconds * 1000 };
  const store = new SessionStore(database, cookieOptions(publicUrl));
  const load = session({
    name: cookieName(publicUrl, area, 'session'),
    secret: cookieSecrets(linkKeys, area),
    cookie,
    resave: false,
    saveUninitialized: false,
    store,
  });
  return (request, response, next) =>
    load(request, response, (error?: unknown) => {
      if (error || !request.session.isUseDue || isBackground(request)) return next(error);
      store.recordUse(request.sessionID).then(() => next(), next);
    });
}

/** Whether a page refreshes itself: that nobody uses it must end its session. The console's script sends the header. */
function isBackground(request: Request): boolean {
  return request.get('X-Background') !== undefined || request.get('Accept') === 'text/event-stream';
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

/** The person who signs in, as they were when the password was checked. */
export type SigningIn =
  | { operatorId: string; passwordHash: string }
  | { portalUserId: string; passwordHash: string; deactivationCount: number; draft?: SessionNotes['draft'] };

const NOBODY = { operatorId: undefined, portalUserId: undefined, draft: undefined };

/**
 * A new session under a new id, for a person who has just typed their password. The session that this browser had ends.
 *
 * @returns false where the person lost their access meanwhile, even if they have it again, or where the password was changed:
 *   that ended all sessions, and this one would outlive it
 */
export async function beginSession(request: Request, { database }: Services, person: SigningIn): Promise<boolean> {
  await new Promise<void>((resolve, reject) =>
    request.session.regenerate((error) => (error ? reject(error) : resolve())),
  );
  const { operatorId, portalUserId, draft } = { ...NOBODY, ...person };
  Object.assign(request.session, { operatorId, portalUserId, draft, rowId: uuid() });
  const isBegun = await database.em.fork().transactional(async (em) => {
    if (!(await holdPerson(em, person))) return false;
    await insertSession(em, request);
    return true;
  });
  if (!isBegun) await endSession(request);
  return isBegun;
}

/**
 * Locks the person's row until the transaction ends, so that what takes their access away waits, and then ends the new session
 * with the others.
 */
async function holdPerson(em: EntityManager, person: SigningIn): Promise<boolean> {
  if ('portalUserId' in person) {
    const held = await em.execute<unknown[]>(
      `select from portal_users where id = ? and password_hash = ? and confirmation_status = 'confirmed'
         and deactivation_count = ? for share`,
      [person.portalUserId, person.passwordHash, person.deactivationCount],
    );
    return held.length > 0;
  }
  const held = await em.execute<unknown[]>('select from operators where id = ? and password_hash = ? for share', [
    person.operatorId,
    person.passwordHash,
  ]);
  // A statement of its own: one that waited for the lock would not see that the membership was deleted meanwhile.
  const portals = await em.execute<unknown[]>(
    'select from portal_operators where operator_id = ? and accepted_at is not null limit 1',
    [person.operatorId],
  );
  return held.length > 0 && portals.length > 0;
}

async function insertSession(em: EntityManager, request: Request): Promise<void> {
  const { rowId, operatorId = null, portalUserId = null, draft } = request.session;
  const userAgent = request.get('User-Agent')?.slice(0, MAX_USER_AGENT_LENGTH) ?? null;
  await em.execute(
    `insert into sessions (id, secret_hash, operator_id, portal_user_id, notes, user_agent, created_at, last_used_at)
     values (?, ?, ?, ?, ?, ?, now(), now())`,
    [rowId, hashSessionId(request.sessionID), operatorId, portalUserId, JSON.stringify({ draft }), userAgent],
  );
}

/**
 * Ends all sessions of the person who is signed in but for this browser's, which goes on under a new id: a copy of its cookie
 * opens nothing any more. It ends no later than before.
 *
 * @returns false where this session itself has ended meanwhile; nothing is changed then
 */
export async function signOutElsewhere(request: Request, { database }: Services): Promise<boolean> {
  const { sessionID: oldId, sessionStore, session: old } = request;
  const { operatorId, portalUserId, rowId, draft } = old;
  sessionStore.generate(request);
  Object.assign(request.session, { operatorId, portalUserId, rowId, draft });
  request.session.cookie.maxAge = old.cookie.maxAge!;
  const isRenewed = await database.em.fork().transactional(async (em) => {
    // The order in which everything locks that ends sessions: first the person, then their sessions.
    const table = operatorId === undefined ? 'portal_users' : 'operators';
    await em.execute(`select from ${table} where id = ? for no key update`, [operatorId ?? portalUserId]);
    const renewed = await em.execute<unknown[]>(
      `update sessions set secret_hash = ? where secret_hash = ? and ${SESSION_IS_LIVE} returning id`,
      [hashSessionId(request.sessionID), hashSessionId(oldId)],
    );
    if (renewed.length === 0) return false;
    const column = operatorId === undefined ? 'portal_user_id' : 'operator_id';
    await em.execute(`delete from sessions where ${column} = ? and id <> ?`, [operatorId ?? portalUserId, rowId]);
    return true;
  });
  if (!isRenewed) await endSession(request);
  return isRenewed;
}

/**
 * Ends this browser's session if another person is signed in than the operator or portal user with this id, who has just used a
 * link that was mailed to them. Otherwise the next page that asks who is there would show the other person's account. Safe to repeat.
 *
 * @returns whether another person was signed in
 */
export async function endSessionUnlessOf(request: Request, personId: string): Promise<boolean> {
  const { operatorId, portalUserId } = request.session;
  const signedIn = operatorId ?? portalUserId;
  if (signedIn === undefined || signedIn === personId) return false;
  await endSession(request);
  return true;
}

/** Ends this browser's session. */
export async function endSession(request: Request): Promise<void> {
  await new Promise<void>((resolve, reject) => request.session.destroy((error) => (error ? reject(error) : resolve())));
}
