import { randomUUID } from 'node:crypto';
import { Router } from 'express';
import type { Contact, Portal, PortalUser } from '../../db/entities/index.ts';
import { findContacts, portalUsersOf } from '../../db/queries/contacts.ts';
import { Id } from '../../schemas/text.ts';
import { Refusal } from '../../vocabulary/refusal.ts';
import { recallBody, rememberResponse } from '../../web/idempotency.ts';
import type { Services } from '../../web/services.ts';
import type { StatusLabel } from '../labels.ts';
import { atPortal, type PortalCall } from '../require-signed-in.ts';
import { showConsolePage } from '../show-page.ts';
import { contactRow } from './contact-list.ts';

/** What became of one picked contact. */
export interface AddedRow {
  contactId: string;
  outcome: 'added' | 'portal_user_exists' | 'not_found' | 'failed';
}

const RESULTS: Record<AddedRow['outcome'], StatusLabel> = {
  added: { name: 'Added', tone: 'good' },
  portal_user_exists: { name: 'Is a portal user already', tone: 'wait' },
  not_found: { name: 'Not found', tone: 'bad' },
  failed: { name: 'Not added', tone: 'bad' },
};

/** `added/<key>`: what became of picked contacts, for a day. */
export function addedRows(services: Services): Router {
  const router = Router({ mergeParams: true });
  router.get(
    '/added/:key',
    atPortal(async (call) => {
      const { request, portal } = call;
      const em = services.database.em.fork();
      const key = Id.safeParse(request.params.key).data;
      const rows = key && ((await recallBody(services, scopeOf(portal), key)) as AddedRow[] | undefined);
      if (!rows) throw new Refusal('not_found', { detail: 'Such results are kept for a day.' });
      const contactIds = rows.map(({ contactId }) => contactId);
      const contacts = await findContacts(em, portal.id, contactIds);
      showAddedRows(call, rows, contacts, await portalUsersOf(em, contacts));
    }),
  );
  return router;
}

/** Keeps what became of picked contacts for a day, so that its page can be loaded again. @returns its key */
export async function keepAddedRows(services: Services, portal: Portal, rows: AddedRow[]): Promise<string> {
  const key = randomUUID();
  const answer = { status: 200, body: rows };
  await rememberResponse(services, { key, scope: scopeOf(portal), payload: null }, async () => answer);
  return key;
}

/** A page with what became of each contact; of one that is not the portal's nothing is told. */
export function showAddedRows(
  { request, response, portal }: PortalCall,
  rows: AddedRow[],
  contacts: Contact[],
  users = new Map<string, PortalUser>(),
): void {
  const byId = new Map(contacts.map((contact) => [contact.id, contact]));
  const hasFailed = rows.some(({ outcome }) => outcome === 'failed');
  showConsolePage(request, response, {
    view: 'contacts/added',
    title: 'Add as portal users',
    section: 'contacts',
    status: hasFailed ? 503 : 200,
    context: {
      rows: rows.map(({ contactId, outcome }) => {
        const contact = byId.get(contactId);
        const result = RESULTS[outcome];
        return contact ? { ...contactRow(contact, portal, users.get(contactId)), result } : { result };
      }),
      added: rows.filter(({ outcome }) => outcome === 'added').length,
      total: rows.length,
      hasFailed,
    },
  });
}

function scopeOf({ id }: Portal): string {
  return `${id}/console/added`;
}
