import { randomBytes } from 'node:crypto';
import type { RequiredEntityData } from '@mikro-orm/core';
import { hashPassword } from '../../commands/passwords/password.ts';
import type { Database } from '../../db/database.ts';
import { Contact, Event, Operator, Portal, PortalOperator, PortalUser, Session } from '../../db/entities/index.ts';
import { newLinkSalt } from '../../links/confirmation-token.ts';
import { emailKey } from '../../vocabulary/email-address.ts';
import type { OperatorRole } from '../../vocabulary/statuses.ts';

export const OPERATOR_PASSWORD = 'seven purple lamps hum quietly';
let operatorHash: Promise<string> | undefined;
let count = 0;

/** A portal in the database, as the API would make it; `policy` may be shorter than the API allows. */
export async function insertPortal(database: Database, policy: Partial<Portal> = {}): Promise<Portal> {
  const em = database.em.fork();
  count += 1;
  const portal = em.create(Portal, {
    slug: `portal-${count}-${Date.now()}`,
    name: 'Acme Help Center',
    defaultLocale: 'en',
    linkValiditySeconds: 7 * 86_400,
    remindersAfterSeconds: [3 * 86_400],
    reInviteCooldownSeconds: 60,
    reInviteDailyCap: 5,
    ...policy,
  });
  await em.flush();
  return portal;
}

/** A portal user in the database, Not Confirmed, whose workflow was not started. */
export async function insertPortalUser(database: Database, portal: Portal, email?: string): Promise<PortalUser> {
  const em = database.em.fork();
  count += 1;
  const address = email ?? `jane.${count}@example.com`;
  const contact = em.create(Contact, { portal, email: address, emailKey: emailKey(address)!, name: 'Jane Doe' });
  const user = em.create(PortalUser, { portal, contact, linkSalt: newLinkSalt() });
  await em.flush();
  return user;
}

/** An active operator of a portal, who signs in with {@link OPERATOR_PASSWORD}, a password of their own. */
export async function insertOperator(
  database: Database,
  portalSlug: string,
  role: OperatorRole = 'owner',
  details: Partial<Pick<Operator, 'email' | 'passwordSetBy'>> = {},
): Promise<Operator & { name: string; passwordHash: string; membershipId: string }> {
  const em = database.em.fork();
  count += 1;
  const { email = `operator.${count}@example.com`, passwordSetBy = 'self' } = details;
  operatorHash ??= hashPassword(OPERATOR_PASSWORD);
  const passwordHash = await operatorHash;
  const operator = em.create(Operator, { email, emailKey: emailKey(email)!, passwordHash, passwordSetBy });
  await em.flush();
  const name = `Olga Operator ${count}`;
  const { id } = await em.findOneOrFail(Portal, { slug: portalSlug });
  const membershipId = await insertMembership(database, operator, id, { name, role });
  return Object.assign(operator, { name, passwordHash, membershipId });
}

/** Lets an operator work for one more portal. @returns the membership's id */
export async function insertMembership(
  database: Database,
  { id: operator, email }: Pick<Operator, 'id' | 'email'>,
  portal: string,
  { name = 'Olga Operator', role = 'staff', acceptedAt = new Date() }: Partial<PortalOperator> = {},
): Promise<string> {
  const em = database.em.fork();
  const membership = em.create(PortalOperator, { operator, portal, name, email, role, acceptedAt });
  await em.flush();
  return membership.id;
}

/** A session that began now and that no browser has the cookie of. */
export async function insertSession(
  database: Database,
  details: Partial<RequiredEntityData<Session>>,
): Promise<Session> {
  const em = database.em.fork();
  const now = new Date();
  const fresh = { secretHash: randomBytes(32), createdAt: now, lastUsedAt: now, notes: {} };
  const session = em.create(Session, { ...fresh, ...details } as RequiredEntityData<Session>);
  await em.flush();
  return session;
}

export async function readPortalUser(database: Database, id: string): Promise<PortalUser> {
  return database.em
    .fork()
    .findOneOrFail(PortalUser, id, { populate: ['contact', 'passwordHash', 'pendingPasswordHash'] });
}

/** The types of a portal user's events, oldest first. */
export async function eventTypes(database: Database, portalUserId: string): Promise<string[]> {
  const events = await database.em.fork().find(Event, { portalUser: portalUserId }, { orderBy: { id: 'asc' } });
  return events.map(({ type }) => type);
}
