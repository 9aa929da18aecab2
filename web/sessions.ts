/**
 * Signed-in browsers. A session is a row of the table `sessions`; deleting the row ends it. Only a sign-in inserts rows, so that a
 * request that is under way while its session ends does not bring the session back (web/begin-session.ts). The row has a hash of the
 * id, and the cookie is signed with a key that is not in the database, so a stolen database opens nothing. A session ends by itself
 * (db/queries/sessions.ts).
 */
import { createHash, createHmac } from 'node:crypto';
import type { Request } from 'express';
import type { SignInArea } from '../commands/sign-in/rate-limiter.ts';
import type { Database } from '../db/database.ts';
import type { SessionNotes } from '../db/entities/session.ts';
import { SESSION_IS_LIVE, SESSION_SECONDS_LEFT } from '../db/queries/sessions.ts';
import { cookieKeys, isSameMac, readCookie } from './cookies.ts';
import type { Services } from './services.ts';

/** The session of a request. Nobody is signed in where it has no row: then it has no person, and what is noted in it is lost. */
export interface BrowserSession extends SessionNotes {
  area: SignInArea;
  database: Database;
  row?: SessionRow;
  operatorId?: string;
  portalUserId?: string;
}

export interface SessionRow {
  /** The public id, by which the account page names the session. */
  id: string;
  secretHash: Buffer;
  /** Until the session ends, however much it is used. */
  secondsLeft: number;
  /** As they are in the row, in JSON. */
  notes: string;
}

declare global {
  namespace Express {
    interface Request {
      /** On the pages of the console and of a customer portal. */
      session: BrowserSession;
    }
  }
}

/** Sets `request.session`, and records at most once a minute that a person uses it. Nobody has a session before signing in. */
export async function readSession(request: Request, services: Services, area: SignInArea): Promise<void> {
  const { database } = services;
  request.session = { area, database };
  const id = readSessionId(request, services, area);
  const loaded = id === undefined ? undefined : await loadSession(database, hashSessionId(id));
  if (loaded === undefined) return;
  const { isUseDue, ...session } = loaded;
  Object.assign(request.session, session);
  if (isUseDue && !isBackground(request)) await recordUse(database, session.row.secretHash);
}

/** `s:<id>.<MAC>`, as express-session wrote it, which earlier releases used: their signed-in browsers stay signed in. */
const SESSION_COOKIE = /^s:([\w-]+)\.([A-Za-z0-9+/]{43})$/;

function readSessionId(request: Request, services: Services, area: SignInArea): string | undefined {
  const [, id, mac] = SESSION_COOKIE.exec(readCookie(request, services, area, 'session') ?? '') ?? [];
  if (id === undefined || mac === undefined) return undefined;
  const isOurs = cookieKeys(services, area).some((key) => isSameMac(macOf(id, key), mac));
  return isOurs ? id : undefined;
}

/** The cookie's value for a session's id. */
export function signSessionId(services: Services, area: SignInArea, id: string): string {
  return `s:${id}.${macOf(id, cookieKeys(services, area)[0]!)}`;
}

function macOf(id: string, key: string): string {
  return createHmac('sha256', key).update(id).digest('base64').replace('=', '');
}

/** What the row has of a session's id. */
export function hashSessionId(sessionId: string): Buffer {
  return createHash('sha256').update(sessionId).digest();
}

/** Every request would write the row otherwise. */
const NEXT_USE_IS_DUE = `sessions.last_used_at < now() - interval '1 minute'`;

interface LoadedRow {
  id: string;
  operator_id: string | null;
  portal_user_id: string | null;
  notes: SessionNotes;
  seconds_left: number;
  is_use_due: boolean;
}

async function loadSession(database: Database, secretHash: Buffer) {
  const [loaded] = await database.em.fork().execute<LoadedRow[]>(
    `select id, operator_id, portal_user_id, notes, (${SESSION_SECONDS_LEFT})::float8 as seconds_left,
       ${NEXT_USE_IS_DUE} as is_use_due
     from sessions where secret_hash = ? and ${SESSION_IS_LIVE}`,
    [secretHash],
  );
  if (loaded === undefined) return undefined;
  const { id, operator_id, portal_user_id, notes, seconds_left: secondsLeft, is_use_due: isUseDue } = loaded;
  return {
    ...notes,
    ...(operator_id !== null && { operatorId: operator_id }),
    ...(portal_user_id !== null && { portalUserId: portal_user_id }),
    row: { id, secretHash, secondsLeft, notes: notesJson(notes) },
    isUseDue,
  };
}

/** Whether a page refreshes itself: that nobody uses it must end its session. The console's script sends the header. */
function isBackground(request: Request): boolean {
  return request.get('X-Background') !== undefined || request.get('Accept') === 'text/event-stream';
}

async function recordUse(database: Database, secretHash: Buffer): Promise<void> {
  await database.em
    .fork()
    .execute(`update sessions set last_used_at = now() where secret_hash = ? and ${NEXT_USE_IS_DUE}`, [secretHash]);
}

export function notesJson({ draft, flash }: SessionNotes): string {
  return JSON.stringify({ draft, flash });
}

/** Stores what the session's notes are now, where they changed. A session that has ended meanwhile stays ended. */
export async function saveNotes({ session }: Request): Promise<void> {
  const { database, row } = session;
  const notes = notesJson(session);
  if (row === undefined || row.notes === notes) return;
  row.notes = notes;
  await database.em.fork().execute('update sessions set notes = ? where secret_hash = ?', [notes, row.secretHash]);
}

/** Ends this browser's session. Safe to repeat. */
export async function endSession(request: Request): Promise<void> {
  const { area, database, row } = request.session;
  request.session = { area, database };
  if (row !== undefined)
    await database.em.fork().execute('delete from sessions where secret_hash = ?', [row.secretHash]);
}
