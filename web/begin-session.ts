/**
 * Begins sessions and renews them. A session from before a sign-in must not become the signed-in one, and a copied cookie must open
 * nothing once its owner changed the password or signed out everywhere: each of these makes a new id.
 */
import { randomBytes } from 'node:crypto';
import type { Request, Response } from 'express';
import { v7 as uuid } from 'uuid';
import type { EntityManager } from '../db/database.ts';
import type { SessionNotes } from '../db/entities/session.ts';
import { SESSION_IS_LIVE, SESSION_LIFETIMES } from '../db/queries/sessions.ts';
import { setCookie } from './cookies.ts';
import type { Services } from './services.ts';
import {
  type BrowserSession,
  endSession,
  hashSessionId,
  notesJson,
  readSession,
  type SessionRow,
  signSessionId,
} from './sessions.ts';

/** Nobody guesses 192 random bits. */
const ID_BYTES = 24;
/** Enough of a User-Agent to name browser and system; the header is the sender's to choose. */
const MAX_USER_AGENT_LENGTH = 300;

/** The person who signs in, as they were when the password was checked. */
export type SigningIn =
  | { operatorId: string; passwordHash: string }
  | { portalUserId: string; passwordHash: string; deactivationCount: number; draft?: SessionNotes['draft'] };

/**
 * Begins a session under a new id, for a person who has just typed their password. The session that this browser had ends.
 *
 * @returns false where the person lost their access meanwhile, even if they have it again, or where the password was changed:
 *   that ended all sessions, and this one would outlive it
 */
export async function beginSession(request: Request, services: Services, person: SigningIn): Promise<boolean> {
  await endSession(request);
  const sessionId = newSessionId();
  const session = sessionOf(person, request.session, sessionId);
  const isBegun = await services.database.em.fork().transactional(async (em) => {
    if (!(await holdPerson(em, person))) return false;
    await insertSession(em, session, request.get('User-Agent')?.slice(0, MAX_USER_AGENT_LENGTH));
    return true;
  });
  if (isBegun) useSession(request, services, session, sessionId);
  return isBegun;
}

type RowSession = BrowserSession & { row: SessionRow };

function sessionOf(person: SigningIn, { area, database }: BrowserSession, sessionId: string): RowSession {
  const isOperator = 'operatorId' in person;
  const notes: SessionNotes = 'draft' in person && person.draft ? { draft: person.draft } : {};
  const row = {
    id: uuid(),
    secretHash: hashSessionId(sessionId),
    secondsLeft: SESSION_LIFETIMES[isOperator ? 'operator' : 'portalUser'].absoluteSeconds,
    notes: notesJson(notes),
  };
  const holder = isOperator ? { operatorId: person.operatorId } : { portalUserId: person.portalUserId };
  return { area, database, row, ...notes, ...holder };
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

async function insertSession(em: EntityManager, session: RowSession, userAgent: string | undefined): Promise<void> {
  const { row, operatorId, portalUserId } = session;
  await em.execute(
    `insert into sessions (id, secret_hash, operator_id, portal_user_id, notes, user_agent, created_at, last_used_at)
     values (?, ?, ?, ?, ?, ?, now(), now())`,
    [row.id, row.secretHash, operatorId ?? null, portalUserId ?? null, row.notes, userAgent ?? null],
  );
}

/** From now on the browser has this session, and its cookie ends with it. */
function useSession(request: Request, services: Services, session: RowSession, sessionId: string): void {
  request.session = session;
  const expires = new Date(Date.now() + session.row.secondsLeft * 1_000);
  const { area } = session;
  setCookie(request, services, area, 'session', signSessionId(services, area, sessionId), { expires });
}

function newSessionId(): string {
  return randomBytes(ID_BYTES).toString('base64url');
}

/**
 * Ends all sessions of the person who is signed in but for this browser's, which goes on under a new id: a copy of its cookie
 * opens nothing any more. It ends no later than before.
 *
 * @returns false where this session itself has ended meanwhile; nothing is changed then
 */
export async function signOutElsewhere(request: Request, services: Services): Promise<boolean> {
  const { row, operatorId, portalUserId } = request.session;
  if (row === undefined) return false;
  const sessionId = newSessionId();
  const secretHash = hashSessionId(sessionId);
  const isRenewed = await services.database.em.fork().transactional(async (em) => {
    // The order in which everything locks that ends sessions: first the person, then their sessions.
    const table = operatorId === undefined ? 'portal_users' : 'operators';
    await em.execute(`select from ${table} where id = ? for no key update`, [operatorId ?? portalUserId]);
    const renewed = await em.execute<unknown[]>(
      `update sessions set secret_hash = ? where secret_hash = ? and ${SESSION_IS_LIVE} returning id`,
      [secretHash, row.secretHash],
    );
    if (renewed.length === 0) return false;
    const column = operatorId === undefined ? 'portal_user_id' : 'operator_id';
    await em.execute(`delete from sessions where ${column} = ? and id <> ?`, [operatorId ?? portalUserId, row.id]);
    return true;
  });
  if (isRenewed) useSession(request, services, { ...request.session, row: { ...row, secretHash } }, sessionId);
  else await endSession(request);
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

/**
 * Ends the session of another person who is signed in at this portal in this browser, after a portal user has confirmed by a link. A page
 * in the same response says so (`otherSessionEnded`). The link's address is outside of the portal's own, so that no middleware has read
 * the portal's session there.
 *
 * @idempotent
 */
export async function endOtherPersonsSession(
  services: Services,
  request: Request,
  response: Response,
  { user, portal }: { user: { id: string }; portal: { slug: string } },
): Promise<void> {
  await readSession(request, services, `portal_${portal.slug}`);
  response.locals.otherSessionEnded = await endSessionUnlessOf(request, user.id);
}
