import { newLinkSalt } from '../../db/confirmation-token.ts';
import type { Database } from '../../db/database.ts';
import { emailKey } from '../../db/email-address.ts';
import { Contact, Event, Portal, PortalUser } from '../../db/entities/index.ts';

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
